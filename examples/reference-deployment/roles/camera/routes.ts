import { timestampOf } from '@riskwatch/kafka-adapter/messages';
import type { CameraCounts } from '@riskwatch/detector';
import type { FastifyInstance } from 'fastify';
import type { CameraBoard } from './camera-board.js';

const STOP_DEADLINE_MS = 30_000;

export interface CameraRoutes {
  readonly board: CameraBoard;
  readonly counts: (cameraId: string) => CameraCounts | undefined;
  /** Stops sampling; resolves when what was in hand is finished and stored. */
  readonly stop: () => Promise<{ frames: number; detections: number }>;
}

/** `GET /v1/cameras`, `GET /v1/cameras/:id/frame.jpg`, `POST /v1/cameras/stop`. */
export function addCameraRoutes(http: FastifyInstance, { board, counts, stop }: CameraRoutes): void {
  http.get('/v1/cameras', () => ({
    generatedAt: timestampOf(Date.now()),
    cameras: board.view().map(({ last, ...camera }) => {
      const { sampled = 0, inferred = 0, overtaken = 0, still = 0, failed = 0 } = counts(camera.id) ?? {};
      return {
        ...camera,
        framesSampled: sampled,
        framesInferred: inferred,
        framesDropped: overtaken + still + failed,
        ...(last && { last }),
      };
    }),
  }));

  http.get<{ Params: { id: string } }>('/v1/cameras/:id/frame.jpg', async ({ params }, reply) => {
    const picture = board.picture(params.id);
    if (!picture) {
      return reply
        .code(404)
        .send({ code: 'no_frame', message: `There is no frame of a camera ${params.id}` });
    }
    const { data, mediaType } = await picture.jpeg;
    return reply
      .header('content-type', mediaType)
      .header('cache-control', 'no-store')
      .header('x-frame-sequence', picture.frame.sequence)
      .header('x-frame-timestamp', timestampOf(picture.frame.timestamp))
      .send(data);
  });

  http.post('/v1/cameras/stop', async (_request, reply) => {
    const late = AbortSignal.timeout(STOP_DEADLINE_MS);
    const done = await Promise.race([
      stop(),
      new Promise<undefined>((timeout) => late.addEventListener('abort', () => timeout(undefined))),
    ]);
    if (done) return done;
    const message = 'Sampling has stopped, but the broker has not stored everything; ask again';
    return reply.code(503).send({ code: 'not_flushed', message });
  });
}
