import Fastify from 'fastify';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { CameraBoard } from '../../../roles/camera/camera-board.js';
import { addCameraRoutes, type CameraRoutes } from '../../../roles/camera/routes.js';
import { eventOf } from './events.js';

function server(routes: Partial<CameraRoutes> = {}) {
  const board = new CameraBoard([{ id: 'gate' }, { id: 'yard' }], 2);
  const http = Fastify();
  onTestFinished(() => http.close());
  addCameraRoutes(http, {
    board,
    counts: (id) =>
      id === 'gate' ? { sampled: 9, inferred: 4, overtaken: 2, still: 1, failed: 1 } : undefined,
    stop: () => Promise.resolve({ frames: 4, detections: 7 }),
    ...routes,
  });
  return { board, http };
}

test('GET /v1/cameras joins state and counts', async () => {
  const { board, http } = server();
  board.event(eventOf('gate', [], 3), []);
  const answer = (await http.inject('/v1/cameras')).json<{ cameras: object[]; generatedAt: string }>();
  expect(Date.parse(answer.generatedAt)).toBeGreaterThan(0);
  expect(answer.cameras).toMatchObject([
    { id: 'gate', framesSampled: 9, framesInferred: 4, framesDropped: 4, last: { sequence: 3, groups: [] } },
    { id: 'yard', framesSampled: 0, framesInferred: 0, framesDropped: 0 },
  ]);
});

test('GET /v1/cameras/:id/frame.jpg is the frame of `last`', async () => {
  const { board, http } = server();
  for (const id of ['gate', 'nobody']) {
    expect((await http.inject(`/v1/cameras/${id}/frame.jpg`)).statusCode).toBe(404);
  }
  board.event(eventOf('gate', [], 3), []);
  const answer = await http.inject('/v1/cameras/gate/frame.jpg');
  expect(answer.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'x-frame-sequence': '3',
    'x-frame-timestamp': '1970-01-01T00:00:06.000Z',
  });
  expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 48 });
});

test('POST /v1/cameras/stop answers what was done', async () => {
  const answer = await server().http.inject({ method: 'POST', url: '/v1/cameras/stop' });
  expect(answer.json()).toEqual({ frames: 4, detections: 7 });
});
