import { headerText } from '@riskwatch/kafka-adapter';
import { deadLetterTopicOf, topicContracts } from '@riskwatch/kafka-adapter/messages';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SchedulerStage } from './scheduler-process.js';
import { bytesOf, task } from './support.js';

let stage: SchedulerStage;
beforeAll(async () => {
  stage = await SchedulerStage.start();
});
afterAll(() => stage.stop());
afterEach(() => {
  stage.simulator.control.clearFaults();
  stage.simulator.control.setDelay({ p50Ms: 0, p95Ms: 0 });
});

const calls = () => stage.simulator.stats().accepted;
const tasksTopic = topicContracts.tasks.name;
const produced = async (value: Buffer, key = 'a task') =>
  stage.producer.send({ topic: tasksTopic, key, value });
const waitForResult = (taskId: string) =>
  vi.waitFor(
    async () => {
      const results = await stage.results(taskId);
      expect(results).not.toEqual([]);
      return results;
    },
    { timeout: 15_000, interval: 200 },
  );

describe('over HTTP', () => {
  test('a task handed in three times at once and once more later is one call and one record', async () => {
    stage.simulator.control.setDelay({ p50Ms: 100, p95Ms: 100 });
    const before = calls();
    const made = await task();
    const answers = await Promise.all([stage.post(made), stage.post(made), stage.post(made)]);
    const bodies = await Promise.all(answers.map((answer) => answer.json() as Promise<object>));
    const later = await stage.post(made);
    expect(bodies).toMatchObject(Array(3).fill({ requestId: made.taskId, status: 'succeeded' }));
    expect(await later.json()).toEqual(bodies[0]);
    expect(calls() - before).toBe(1);
    expect(await stage.results(made.taskId)).toEqual([bodies[0]]);
  });

  test('what was answered is already in the topic, under its task id', async () => {
    const made = await task();
    const result = (await (await stage.post(made)).json()) as object;
    const records = await stage.records(topicContracts.results.name);
    const mine = records.filter(({ key }) => key?.toString() === made.taskId);
    expect(mine.map(({ value }) => JSON.parse(value?.toString() ?? '') as object)).toEqual([result]);
    expect(headerText(mine[0]?.headers ?? {}, 'content-type')).toBe('application/json');
    expect(headerText(mine[0]?.headers ?? {}, 'traceparent')).toMatch(/^00-/);
  });

  test('a picture that is none ends in a published failure', async () => {
    const made = await task();
    const image = { mediaType: 'image/jpeg', base64: Buffer.from('no picture').toString('base64') };
    const answer = await stage.post({ ...made, image });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'failed', error: { code: 'image_rejected' } });
    expect(await stage.results(made.taskId)).toMatchObject([{ error: { code: 'image_rejected' } }]);
  });

  test('bytes without a task id are refused, and nothing is published for them', async () => {
    const published = async () => (await stage.records(topicContracts.results.name)).length;
    const before = await published();
    expect((await stage.post('{"taskId": ')).status).toBe(400);
    expect((await stage.post({ schemaVersion: 1 })).status).toBe(400);
    expect((await stage.post({ filler: 'x'.repeat(topicContracts.tasks.maxRecordBytes) })).status).toBe(413);
    expect(await published()).toBe(before);
  });

  test('a caller who hangs up does not stop the work', async () => {
    stage.simulator.control.setDelay({ p50Ms: 300, p95Ms: 300 });
    const before = calls();
    const made = await task();
    const hangUp = new AbortController();
    const call = fetch(`${stage.url}/v1/assessments`, {
      method: 'POST',
      body: JSON.stringify(made),
      signal: hangUp.signal,
    });
    await vi.waitFor(() => expect(calls() - before).toBe(1), { timeout: 5_000 });
    hangUp.abort();
    await expect(call).rejects.toThrow();
    expect(await waitForResult(made.taskId)).toMatchObject([{ status: 'succeeded' }]);
    expect(calls() - before).toBe(1);
  });
});

describe('from the topic', () => {
  test('a task ends in one result, however often it is there', async () => {
    const made = await task();
    const before = calls();
    await produced(bytesOf(made), made.taskId);
    await produced(bytesOf(made), made.taskId);
    expect(await waitForResult(made.taskId)).toMatchObject([{ status: 'succeeded' }]);
    expect(await (await stage.post(made)).json()).toEqual((await stage.results(made.taskId))[0]);
    expect(calls() - before).toBe(1);
  });

  test('poison is put aside, byte for byte, and what follows is judged', async () => {
    const poison = [Buffer.from('not JSON'), bytesOf({ schemaVersion: 1, cameraId: 'x' }), Buffer.alloc(0)];
    const made = await task();
    for (const value of poison) await produced(value, made.taskId);
    await produced(bytesOf(made), made.taskId);
    await waitForResult(made.taskId);
    const dead = await stage.records(deadLetterTopicOf(tasksTopic));
    expect(dead.map(({ value }) => value?.toString())).toEqual(poison.map((value) => value.toString()));
    expect(dead.map(({ headers }) => headerText(headers, 'rw-dlq-reason'))).toEqual([
      'invalid-json',
      'schema',
      'invalid-json',
    ]);
  });

  test('a task that is broken but for its id ends in a result, not in the dead letters', async () => {
    const made = await task();
    const before = (await stage.records(deadLetterTopicOf(tasksTopic))).length;
    await produced(bytesOf({ ...made, context: {} }), made.taskId);
    expect(await waitForResult(made.taskId)).toMatchObject([{ error: { code: 'request_rejected' } }]);
    expect((await stage.records(deadLetterTopicOf(tasksTopic))).length).toBe(before);
  });
});

describe('when it ends', () => {
  test('by SIGTERM it answers what it has begun, takes nothing new, and exits with 0', async () => {
    stage.simulator.control.setDelay({ p50Ms: 700, p95Ms: 700 });
    const before = calls();
    const made = await task();
    const answer = stage.post(made);
    await vi.waitFor(() => expect(calls() - before).toBe(1), { timeout: 5_000 });
    const exited = stage.endScheduler('SIGTERM');
    await vi.waitFor(async () => expect((await stage.post(await task())).status).toBe(503), {
      timeout: 5_000,
    });
    expect(await (await answer).json()).toMatchObject({ status: 'succeeded' });
    expect(await exited).toEqual([0, null]);
    await stage.startScheduler();
  });

  test('by kill -9 after a result was published, the task is answered with it and not judged again', async () => {
    const before = calls();
    const made = await task();
    void stage.post(made).catch(() => undefined); // whether the answer got out does not matter
    const published = await waitForResult(made.taskId);
    await stage.endScheduler('SIGKILL');
    await stage.startScheduler();
    expect(await (await stage.post(made)).json()).toEqual(published[0]);
    expect(await stage.results(made.taskId)).toHaveLength(1);
    expect(calls() - before).toBe(1);
  });

  test('by kill -9 in the middle of a call, a task from the topic comes again', async () => {
    stage.simulator.control.addFault({ kind: 'stall' });
    const before = calls();
    const made = await task({ deadline: new Date(Date.now() + 60_000).toISOString() });
    await produced(bytesOf(made), made.taskId);
    await vi.waitFor(() => expect(calls() - before).toBe(1), { timeout: 10_000 });
    await stage.endScheduler('SIGKILL');
    await stage.startScheduler();
    expect(await waitForResult(made.taskId)).toMatchObject([{ status: 'succeeded' }]);
    expect(calls() - before).toBe(2);
  });

  test('an operator’s switch is still off', async () => {
    expect((await stage.admin('POST', '/v1/keys/key-1/disable')).status).toBe(204);
    await stage.endScheduler('SIGTERM');
    await stage.startScheduler();
    const { keys } = (await (await stage.admin('GET', '/v1/keys')).json()) as { keys: object[] };
    expect(keys).toContainEqual(expect.objectContaining({ id: 'key-1', state: 'disabled' }));
    expect((await stage.admin('POST', '/v1/keys/key-1/enable')).status).toBe(204);
  });
});

test('without a usable key it is not ready, and says why', async () => {
  const ready = async () => (await (await fetch(`${stage.url}/readyz`)).json()) as { reasons: string[] };
  for (const id of ['key-1', 'key-2']) await stage.admin('POST', `/v1/keys/${id}/disable`);
  expect((await ready()).reasons).toEqual(['keys: none is usable: 2 disabled']);
  for (const id of ['key-1', 'key-2']) await stage.admin('POST', `/v1/keys/${id}/enable`);
  expect((await ready()).reasons).toEqual([]);
});

test('one document describes the API', async () => {
  const { paths } = (await (await fetch(`${stage.url}/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(paths)).toContain('/v1/assessments');
});

test('metrics tell tasks, keys and calls', async () => {
  await stage.post(await task());
  const text = await (await fetch(`${stage.url}/metrics`)).text();
  expect(text).toMatch(/riskwatch_tasks_total\{outcome="succeeded",service="scheduler"\} \d+/);
  expect(text).toMatch(/riskwatch_tasks_in_hand\{service="scheduler"\} 0/);
  expect(text).toMatch(/riskwatch_known_results\{service="scheduler"\} [1-9]/);
  expect(text).toMatch(/riskwatch_provider_seconds_bucket\{le="2",/);
  expect(text).toMatch(/keypool_\w+\{.*key="key-1"/);
  expect(text).not.toContain('sk-simulated');
});
