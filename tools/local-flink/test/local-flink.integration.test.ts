import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createProducer,
  deadLetterContractOf,
  ensureTopics,
  riskwatchTopicSpecs,
  taskIdOf,
  topicContracts,
  topicSpecOf,
  type Producer,
} from '@riskwatch/kafka-adapter';
import { startLocalKafka, type LocalKafka } from '@riskwatch/local-kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flinkJobState } from '../src/job-state.js';
import { startLocalFlink, type LocalFlink, type LocalFlinkOptions } from '../src/local-flink.js';

const policyVersion = '2026-05';
const detections = topicContracts.detections.name;

let folder: string;
let kafka: LocalKafka;
let producer: Producer;
let scheduler: Server;
let flink: LocalFlink;
/** Ids of the tasks that the scheduler was sent, in order, and whether it answers. */
const requests: string[] = [];
let answers = true;

const options = (): LocalFlinkOptions => {
  const { port } = scheduler.address() as { port: number };
  return {
    job: {
      brokers: [kafka.brokers],
      policyVersion,
      dispatch: { mode: 'http', endpoint: `http://127.0.0.1:${port}/v1/assessments` },
      checkpointSeconds: 1,
    },
    dataDir: join(folder, 'flink'),
    logFile: join(folder, 'flink.log'),
  };
};

const startScheduler = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { taskId } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { taskId: string };
        requests.push(taskId);
        if (answers) response.end(JSON.stringify({ requestId: taskId, status: 'succeeded' }));
      });
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

/** Produces a detection and returns the id of the task it must become. */
const detect = async (): Promise<string> => {
  const golden = new URL(
    '../../../packages/kafka-adapter/schemas/golden/detection.inline.json',
    import.meta.url,
  );
  const detection = JSON.parse(await readFile(golden, 'utf8')) as Record<string, unknown>;
  const detectionId = randomUUID();
  await producer.send({
    topic: detections,
    key: 'loading-bay-3',
    value: Buffer.from(JSON.stringify({ ...detection, detectionId })),
  });
  return taskIdOf({ detectionId, policyVersion, revision: 0 });
};

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(50);
};

const checkpointsOf = async () => (await flinkJobState(flink.restUrl))?.checkpoints.completed ?? 0;

/** Resolves when a checkpoint that began after the call is complete. */
const nextCheckpoint = async (): Promise<void> => {
  const before = await checkpointsOf();
  await until(async () => (await checkpointsOf()) >= before + 2);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-flink-'));
  [kafka, scheduler] = await Promise.all([startLocalKafka(), startScheduler()]);
  const connection = { brokers: [kafka.brokers] };
  await ensureTopics([...riskwatchTopicSpecs(), topicSpecOf(deadLetterContractOf(detections))], {
    connection,
  });
  producer = createProducer({ connection });
  flink = await startLocalFlink(options());
});

afterAll(async () => {
  await flink?.kill();
  await producer?.close();
  scheduler?.closeAllConnections();
  scheduler?.close();
  await kafka?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('is ready when it says so: the first detection reaches the scheduler, and the state shows it', async () => {
  expect(flink.restoredFrom).toBeUndefined();
  const task = await detect();
  await until(() => requests.includes(task));
  await until(async () => (await flinkJobState(flink.restUrl))?.records === 1);
  expect(await flinkJobState(flink.restUrl)).toMatchObject({
    state: 'RUNNING',
    isRunning: true,
    partitions: topicContracts.detections.partitions,
    pendingRecords: 0,
    inFlight: 0,
    retrying: 0,
    restarts: 0,
  });
});

it('lets a data folder have one owner', async () => {
  await expect(startLocalFlink(options())).rejects.toMatchObject({ code: 'locked' });
});

it('goes on after a kill: only what was in flight is sent again, under the same id', async () => {
  answers = false;
  const inFlight = [await detect(), await detect()];
  await until(() => inFlight.every((id) => requests.includes(id)));
  await nextCheckpoint();
  expect(await flinkJobState(flink.restUrl)).toMatchObject({ inFlight: 2 });
  expect(await flink.kill()).toMatchObject({ signal: 'SIGKILL' });

  answers = true;
  requests.length = 0;
  flink = await startLocalFlink(options());
  expect(flink.restoredFrom).toMatch(/chk-\d+$/);
  const further = await detect();
  await until(() => requests.includes(further));
  expect([...requests].sort()).toEqual([...inFlight, further].sort());
});

it('stops with a savepoint and goes on from it with nothing sent again', async () => {
  const exit = await flink.stop();
  expect(exit.signal).toBeNull();
  expect(await readdir(join(folder, 'flink', 'savepoints'))).toHaveLength(1);

  requests.length = 0;
  flink = await startLocalFlink(options());
  expect(flink.restoredFrom).toMatch(/savepoint-/);
  const further = await detect();
  await until(() => requests.includes(further));
  expect(requests).toEqual([further]);
});

it('puts state that it cannot use aside, and reads again what the topic keeps', async () => {
  await nextCheckpoint();
  await flink.kill();
  const checkpoints = join(folder, 'flink', 'checkpoints');
  for (const file of await readdir(checkpoints, { recursive: true })) {
    if (file.endsWith('_metadata')) await writeFile(join(checkpoints, file), 'not a checkpoint');
  }

  requests.length = 0;
  const progress: string[] = [];
  flink = await startLocalFlink({ ...options(), onProgress: (step) => progress.push(step) });
  expect(flink.restoredFrom).toBeUndefined();
  expect(progress.join('\n')).toContain('does not fit');
  // Five detections were made in the tests before this one.
  await until(() => new Set(requests).size === 5);
});
