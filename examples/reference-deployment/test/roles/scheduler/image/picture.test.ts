import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { ImageStore } from '../../../../roles/scheduler/image/image-store.js';
import { takePicture } from '../../../../roles/scheduler/image/picture.js';
import { jpeg } from '../support.js';

const nowhere = new ImageStore([]);
const signal = new AbortController().signal;
const inline = (mediaType: string, bytes: Buffer) => ({ mediaType, base64: bytes.toString('base64') });

describe('an inline picture', () => {
  test('is taken as it is, named by its hash', async () => {
    const bytes = await jpeg('#123456', 50);
    const picture = await takePicture(inline('image/jpeg', bytes), nowhere, signal);
    expect(picture).toEqual({
      ...inline('image/jpeg', bytes),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      width: 50,
      height: 50,
    });
  });

  test.each<[string, string, () => Promise<Buffer> | Buffer]>([
    ['another media type', 'image/gif', () => jpeg()],
    ['a script', 'text/html', () => Buffer.from('<script>')],
    ['bytes that are none', 'image/jpeg', () => Buffer.from('not a picture at all')],
    [
      'a PNG that calls itself JPEG',
      'image/jpeg',
      () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
    ],
    ['an animation', 'image/webp', animation],
    [
      'an SVG that calls itself PNG',
      'image/png',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    ['more than a mebibyte', 'image/jpeg', () => Buffer.alloc(1_048_577, 0xff)],
    ['a bomb of 14,000 by 14,000 pixels', 'image/png', () => emptyPng(14_000, 14_000)],
  ])('is refused: %s', async (_name, mediaType, bytes) => {
    await expect(takePicture(inline(mediaType, await bytes()), nowhere, signal)).rejects.toMatchObject({
      code: 'image_rejected',
    });
  });
});

describe('a picture by reference', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((listening) => server.once('listening', listening));
    const address = server.address();
    return `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  }
  const reference = (uri: string, bytes: Buffer, changes: object = {}) => ({
    uri,
    mediaType: 'image/jpeg',
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...changes,
  });

  test('is fetched from an image store of the deployment', async () => {
    const bytes = await jpeg();
    const base = await serve((_request, response) => response.end(bytes));
    const store = new ImageStore([`${base}/pictures/`]);
    const picture = await takePicture(reference(`${base}/pictures/1`, bytes), store, signal);
    expect(picture.base64).toBe(bytes.toString('base64'));
  });

  test('is refused when it is not what was announced, too large, gone, or redirected', async () => {
    const bytes = await jpeg();
    const base = await serve((request, response) => {
      if (request.url === '/p/moved') response.writeHead(302, { location: '/p/1' }).end();
      else if (request.url === '/p/gone') response.writeHead(404).end();
      else response.end(bytes);
    });
    const store = new ImageStore([`${base}/p/`]);
    const take = (path: string, changes: object = {}) =>
      takePicture(reference(`${base}${path}`, bytes, changes), store, signal);
    const rejected = { code: 'image_rejected' };
    await expect(take('/p/1', { sha256: '0'.repeat(64) })).rejects.toMatchObject(rejected);
    await expect(take('/p/1', { bytes: bytes.byteLength - 1 })).rejects.toMatchObject(rejected);
    await expect(take('/p/1', { bytes: 2_000_000 })).rejects.toMatchObject(rejected);
    await expect(take('/p/gone')).rejects.toMatchObject(rejected);
    await expect(take('/p/moved')).rejects.toThrow();
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'http://images.internal.evil.example/p/1',
    'http://images.internal/q/1',
    'http://images.internal/p/../q/1',
    'http://images.internal/p/%2e%2e/q/1',
    'http://user:password@images.internal/p/1',
    'https://images.internal/p/1',
    'p/1',
  ])('is never fetched from elsewhere: %s', async (uri) => {
    const store = new ImageStore(['http://images.internal/p/']);
    await expect(takePicture(reference(uri, Buffer.from('x')), store, signal)).rejects.toMatchObject({
      code: 'image_rejected',
      message: expect.stringContaining('outside') as string,
    });
  });
});

/** Two frames, one dark and one light. */
const animation = () => {
  const frame = (value: number) => Buffer.alloc(8 * 8 * 3, value);
  return sharp(Buffer.concat([frame(40), frame(200)]), {
    raw: { width: 8, height: 16, channels: 3, pageHeight: 8 },
  })
    .webp({ loop: 0, delay: [100, 100] })
    .toBuffer();
};

/** A PNG whose header announces a size; its data is one short row. */
function emptyPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), 4 + body.length);
    return frame;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(16))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
