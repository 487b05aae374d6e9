import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLag } from '../../src/lag/read-lag.js';

/** It takes connections and never answers, as one behind a broken network does. */
let silent: Server;
let asked: Promise<void>;

beforeEach(async () => {
  asked = new Promise((resolve) => {
    silent = createServer((socket) => {
      socket.on('error', () => undefined);
      resolve();
    });
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});

afterEach(() => void silent.close());

it('lets a question go at once when it is aborted', async () => {
  const { port } = silent.address() as { port: number };
  const connection = { brokers: [`127.0.0.1:${port}`] };
  const reason = new Error('enough');
  const controller = new AbortController();
  const question = { topic: 't', consumerGroup: 'g', signal: controller.signal };
  const lag = expect(readLag({ connection, ...question })).rejects.toBe(reason);
  await asked;
  controller.abort(reason);
  await lag;
});
