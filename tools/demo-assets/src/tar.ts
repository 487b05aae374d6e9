import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AssetError } from './errors.js';

const BLOCK = 512;
const LARGEST_NAME = 65_536;

/**
 * Takes one file out of a gzipped tar (POSIX ustar, with pax and GNU long names) and reads no further than its end.
 * @param entry path inside the archive, compared as a whole.
 * @param maxBytes an entry that says it is larger is refused.
 * @throws {AssetError} `archive_invalid` where the archive is damaged or holds no such file.
 */
export async function extractEntry(
  archive: Readable,
  entry: string,
  target: string,
  maxBytes: number,
): Promise<void> {
  const gunzip = createGunzip();
  archive.on('error', (error) => gunzip.destroy(error));
  archive.pipe(gunzip);
  const reader = new BlockReader(gunzip);
  try {
    let longName: string | undefined;
    for (;;) {
      const header = await reader.exactly(BLOCK);
      if (header.every((byte) => byte === 0)) break;
      const { name, size, type } = readHeader(header);
      if (type === 'x' || type === 'L') {
        if (size > LARGEST_NAME) throw invalid('a name is too long');
        const body = (await reader.exactly(padded(size))).subarray(0, size);
        longName = type === 'L' ? text(body) : (paxPath(body) ?? longName);
        continue;
      }
      if ((longName ?? name) === entry && (type === '0' || type === '\0')) {
        if (size > maxBytes) throw invalid(`${entry} is larger than the ${maxBytes} bytes expected`);
        return await save(reader, size, target);
      }
      longName = undefined;
      await reader.skip(padded(size));
    }
    throw invalid(`it does not hold ${entry}`);
  } catch (cause) {
    if (cause instanceof AssetError) throw cause;
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    archive.unpipe(gunzip);
    archive.destroy();
    gunzip.destroy();
  }
}

async function save(reader: BlockReader, size: number, target: string): Promise<void> {
  const file = await open(target, 'w');
  try {
    for (let left = size; left > 0;) {
      const chunk = await reader.some(left);
      await file.writeFile(chunk);
      left -= chunk.length;
    }
  } finally {
    await file.close();
  }
}

function readHeader(block: Buffer): { name: string; size: number; type: string } {
  const prefix = text(block.subarray(257, 262)) === 'ustar' ? text(block.subarray(345, 500)) : '';
  const name = text(block.subarray(0, 100));
  const size = Number.parseInt(text(block.subarray(124, 136)).trim(), 8);
  if (!Number.isSafeInteger(size) || size < 0) throw invalid('an entry has no readable size');
  return { name: prefix ? `${prefix}/${name}` : name, size, type: String.fromCharCode(block[156] ?? 0) };
}

/** A pax record is `LENGTH key=value\n`, where LENGTH counts the whole record. */
function paxPath(body: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(body.toString('utf8'))?.[1];
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;
const invalid = (what: string, cause?: unknown) =>
  new AssetError('archive_invalid', `The archive cannot be used: ${what}`, { cause });

/** Hands out a stream's bytes in the portions asked for. */
class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** At least one byte and at most `most`. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) throw invalid('it ends too early');
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async exactly(count: number): Promise<Buffer> {
    const all = Buffer.alloc(count);
    for (let filled = 0; filled < count;) filled += (await this.some(count - filled)).copy(all, filled);
    return all;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) left -= (await this.some(left)).length;
  }
}
