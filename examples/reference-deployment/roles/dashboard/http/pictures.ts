import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PeerClient } from '../feeds/peer-client.js';
import { PictureCache } from './picture-cache.js';

const MIB = 1_048_576;
const FRAME_CACHE_BYTES = 48 * MIB;
const MAX_PICTURE_BYTES = 8 * MIB;
const DEADLINE_MS = 5_000;

export interface PicturesOptions {
  readonly http: FastifyInstance;
  readonly camera: PeerClient;
  readonly storage: PeerClient;
  /** Pictures of the detections that have just gone by, by hash: storage may not have them yet. */
  readonly recentEvidence: PictureCache;
}

/** Passes pictures through: a camera's frame by its number, and the judged picture by its hash. */
export function servePictures({ http, camera, storage, recentEvidence }: PicturesOptions): void {
  const frames = new PictureCache(FRAME_CACHE_BYTES);
  const asked = new Map<string, Promise<number | undefined>>();

  http.get<{ Params: { id: string }; Querystring: { sequence?: string } }>(
    '/v1/cameras/:id/frame.jpg',
    async (request, reply) => {
      const { id } = request.params;
      const { sequence = '' } = request.query;
      if (!/^[\w.-]{1,64}$/.test(id) || !/^\d{1,15}$/.test(sequence))
        return reply.code(400).send({ error: 'a camera id and ?sequence=NUMBER are needed' });
      const key = `${id} ${sequence}`;
      if (!frames.get(key)) {
        // Several pages ask for the same new frame at once; the camera role is asked once.
        const fetching = asked.get(id) ?? readFrame(camera, id, frames).finally(() => asked.delete(id));
        asked.set(id, fetching);
        await fetching.catch(() => undefined);
      }
      const picture = frames.get(key);
      if (!picture)
        return reply.code(404).header('cache-control', 'no-store').send({ error: 'no such frame any more' });
      return sendJpeg(reply, picture);
    },
  );

  http.get<{ Params: { sha256: string } }>('/v1/evidence/:sha256', async (request, reply) => {
    const { sha256 } = request.params;
    if (!/^[0-9a-f]{64}$/.test(sha256)) return reply.code(400).send({ error: 'not a SHA-256 hash' });
    const recent = recentEvidence.get(sha256);
    if (recent) return sendJpeg(reply, recent);
    try {
      const picture = await readPicture(storage, `/v1/evidence/${sha256}`);
      if (picture) return sendJpeg(reply, picture.bytes);
      return reply.code(404).header('cache-control', 'no-store').send({ error: 'this picture is not kept' });
    } catch {
      return reply.code(502).header('cache-control', 'no-store').send({ error: 'storage does not answer' });
    }
  });
}

/** Puts the camera's newest frame into the cache. */
async function readFrame(camera: PeerClient, id: string, frames: PictureCache): Promise<number | undefined> {
  const picture = await readPicture(camera, `/v1/cameras/${id}/frame.jpg`);
  const sequence = Number(picture?.headers['x-frame-sequence']);
  if (!picture || !Number.isInteger(sequence)) return undefined;
  frames.set(`${id} ${sequence}`, picture.bytes);
  return sequence;
}

async function readPicture(peer: PeerClient, path: string) {
  const response = await peer.call(path, { signal: AbortSignal.timeout(DEADLINE_MS) });
  if (response.statusCode !== 200 || Number(response.headers['content-length'] ?? 0) > MAX_PICTURE_BYTES) {
    await response.body.dump();
    if (response.statusCode >= 500) throw new Error(`${path} answered ${response.statusCode}`);
    return undefined;
  }
  return { bytes: Buffer.from(await response.body.arrayBuffer()), headers: response.headers };
}

function sendJpeg(reply: FastifyReply, picture: Buffer): FastifyReply {
  return reply.type('image/jpeg').header('cache-control', 'private, max-age=3600, immutable').send(picture);
}
