import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLocalKafka, type LocalKafka } from '../src/local-kafka.js';

let folder: string;
let kafka: LocalKafka;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-kafka-'));
  kafka = await startLocalKafka({ dataDir: join(folder, 'data'), logFile: join(folder, 'kafka.log') });
});

afterAll(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const clusterId = async () => {
  const meta = await readFile(join(folder, 'data', 'data', 'meta.properties'), 'utf8');
  return /^cluster\.id=(.+)$/m.exec(meta)?.[1];
};

it('takes connections as soon as it is said to run', async () => {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(kafka.port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
});

it('lets a data folder have one owner', async () => {
  await expect(startLocalKafka({ dataDir: kafka.dataDir })).rejects.toMatchObject({ code: 'locked' });
});

it('says that a port is taken, and gives the data folder free again', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const dataDir = join(folder, 'other');
  await expect(startLocalKafka({ port, dataDir })).rejects.toMatchObject({ code: 'port_in_use' });
  await expect(access(join(dataDir, 'kafka.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
  await new Promise((resolve) => server.close(resolve));
});

it('goes on with its data after a kill, on another port', async () => {
  const before = { id: await clusterId(), port: kafka.port };
  expect(await kafka.kill()).toMatchObject({ signal: 'SIGKILL' });
  kafka = await startLocalKafka({ dataDir: kafka.dataDir, logFile: join(folder, 'kafka.log') });
  expect(kafka.port).not.toBe(before.port);
  expect(await clusterId()).toBe(before.id);
});

it('stops at once when its start is aborted', async () => {
  const reason = new Error('changed my mind');
  const controller = new AbortController();
  const start = startLocalKafka({ dataDir: join(folder, 'aborted'), signal: controller.signal });
  setTimeout(() => controller.abort(reason), 500);
  await expect(start).rejects.toBe(reason);
  await expect(access(join(folder, 'aborted', 'kafka.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
});
