import { KeyPoolError } from '@riskwatch/keypool';
import { riskAssessmentSchema, type RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test, vi } from 'vitest';
import type { Verdict } from '../../../../roles/scheduler/model/answer.js';
import { ModelError } from '../../../../roles/scheduler/model/model-error.js';
import { Assessor, BusyError, UnavailableError } from '../../../../roles/scheduler/tasks/assessor.js';
import type { Journal } from '../../../../roles/scheduler/tasks/journal.js';
import { identityOf, readSubmission, type Submission } from '../../../../roles/scheduler/tasks/submission.js';
import { TaskMetrics } from '../../../../roles/scheduler/tasks/task-metrics.js';
import { bytesOf, policy, task } from '../support.js';

const verdict: Verdict = {
  riskLevel: 'low',
  hazards: ['crowd'],
  confidence: 0.7,
  description: 'People stand close together.',
  observations: [],
  textInScene: false,
};

type JudgeDouble = (
  task: unknown,
  journal: Journal,
  signal: AbortSignal,
) => Promise<{ verdict: Verdict; model: string }>;

/** An assessor over an in-memory log, with a judge made for the test. */
function assessor(
  judge: JudgeDouble = () => Promise.resolve({ verdict, model: 'm' }),
  changes: object = {},
  { isOpen = true } = {},
) {
  const published: RiskAssessment[] = [];
  const metrics = new Registry();
  const known = new Map<string, RiskAssessment>();
  const judged = vi.fn(judge);
  const publish = vi.fn((result: RiskAssessment) => {
    published.push(result);
    return Promise.resolve();
  });
  const subject = new Assessor({
    judge: { judge: judged },
    known: {
      find: (id: string) => Promise.resolve(known.get(id)),
      published: (result: RiskAssessment) => void known.set(result.requestId, result),
    },
    log: { publish },
    policy: { version: policy.version, floor: [] },
    metrics: new TaskMetrics(metrics),
    logger: pino({ enabled: false }),
    maxBytes: 1_000_000,
    now: Date.now,
    ...changes,
  });
  if (isOpen) subject.open();
  return { subject, published, judged, known, metrics };
}

const submitted = async (changes: object = {}): Promise<Submission> =>
  readSubmission(bytesOf({ ...(await task()), ...changes }), { receivedAt: Date.now() });

/** A promise to be settled from outside. */
function gate<T>() {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => ((open = resolve), (fail = reject)));
  return { promise, open, fail };
}

describe('one task id, one final result', () => {
  test('a task is judged, published, then answered', async () => {
    const { subject, published, known } = assessor();
    const submission = await submitted();
    const result = await subject.assess(submission);
    expect(riskAssessmentSchema.parse(result)).toMatchObject({
      status: 'succeeded',
      riskLevel: 'low',
      model: 'm',
    });
    expect(published).toEqual([result]);
    expect([...known.values()]).toEqual([result]);
  });

  test('nothing is answered before the log has it', async () => {
    const stored = gate<void>();
    const { subject, judged } = assessor(undefined, { log: { publish: () => stored.promise } });
    let answered = false;
    const work = subject.assess(await submitted()).then(() => (answered = true));
    await vi.waitFor(() => expect(judged).toHaveBeenCalled());
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    stored.open();
    await work;
  });

  test('handed in twice at once it is judged once, and both hear the same', async () => {
    const { subject, published, judged } = assessor();
    const submission = await submitted();
    const [one, two] = await Promise.all([subject.assess(submission), subject.assess(submission)]);
    expect(one).toBe(two);
    expect(judged).toHaveBeenCalledTimes(1);
    expect(published).toHaveLength(1);
  });

  test('handed in again it is answered from what was published, even past its deadline', async () => {
    const { subject, published, judged, known } = assessor();
    const late = await submitted({ deadline: new Date(0).toISOString() });
    const verdictOfAnother = { riskLevel: 'critical' } as RiskAssessment;
    known.set(identityOf(late).taskId, verdictOfAnother);
    expect(await subject.assess(late)).toBe(verdictOfAnother);
    expect(judged).not.toHaveBeenCalled();
    expect(published).toEqual([]);
  });
});

describe('failures are results too', () => {
  test('too late', async () => {
    const { subject, judged } = assessor();
    const result = await subject.assess(
      await submitted({ deadline: new Date(Date.now() - 1).toISOString() }),
    );
    expect(result).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded', retryable: true } });
    expect(judged).not.toHaveBeenCalled();
  });

  test('unreadable but for its id', async () => {
    const { subject, published } = assessor();
    await subject.assess(await submitted({ image: { mediaType: 'image/jpeg', base64: '?' } }));
    expect(published).toMatchObject([
      { status: 'failed', error: { code: 'image_rejected', retryable: false } },
    ]);
  });

  const earliestStart = Date.parse('2030-01-01T00:00:00.000Z');
  test.each<[unknown, string, boolean]>([
    [new KeyPoolError('deadline_unreachable', 'late', { earliestStart }), 'deadline_exceeded', true],
    [new KeyPoolError('no_usable_key', 'none'), 'no_usable_key', true],
    [new KeyPoolError('attempts_exhausted', 'down'), 'provider_unavailable', true],
    [new ModelError('refused', 'no'), 'refused', false],
    [new ModelError('invalid_output', 'prose'), 'invalid_output', true],
    [new ModelError('image_rejected', 'not a picture'), 'image_rejected', false],
    [new ModelError('request_rejected', '400'), 'request_rejected', false],
    [new TypeError('secret detail'), 'internal', true],
  ])('%s ends in %s', async (error, code, retryable) => {
    const { subject, published } = assessor(() => Promise.reject(error as Error));
    const result = riskAssessmentSchema.parse(await subject.assess(await submitted()));
    expect(result).toMatchObject({ status: 'failed', error: { code, retryable } });
    expect(result.riskLevel).toBeUndefined();
    expect(JSON.stringify(result)).not.toContain('secret detail');
    expect(published).toHaveLength(1);
  });

  test('a full line is no failure while the task can still be done, and one when it cannot', async () => {
    const full = () => Promise.reject(new KeyPoolError('queue_full', 'full'));
    const { subject, published } = assessor(full);
    await expect(subject.assess(await submitted())).rejects.toThrow(BusyError);
    expect(published).toEqual([]);
    const soon = await submitted({ deadline: new Date(Date.now() + 500).toISOString() });
    expect(await subject.assess(soon)).toMatchObject({ error: { code: 'queue_full' } });
  });
});

describe('what it does not take', () => {
  test('work before it knows what was published, and after it began to stop', async () => {
    const { subject } = assessor(undefined, {}, { isOpen: false });
    await expect(subject.assess(await submitted())).rejects.toThrow('not read yet');
    subject.open();
    await expect(subject.assess(await submitted())).resolves.toMatchObject({ status: 'succeeded' });
    await subject.close(0);
    subject.open(); // what was published came to be known too late
    await expect(subject.assess(await submitted())).rejects.toThrow('stopping');
  });

  test('more bytes than it may hold; room comes back', async () => {
    const judging = gate<{ verdict: Verdict; model: string }>();
    const first = await submitted();
    const { subject } = assessor(() => judging.promise, { maxBytes: first.bytes + 10 });
    const work = subject.assess(first);
    await expect(subject.assess(await submitted())).rejects.toThrow(BusyError);
    judging.open({ verdict, model: 'm' });
    await work;
    await expect(subject.assess(await submitted())).resolves.toMatchObject({ status: 'succeeded' });
  });
});

describe('with no room left', () => {
  const full = () => {
    const { subject, known } = assessor(undefined, { maxBytes: 0 });
    return { subject, known };
  };

  test('a known result is told all the same, and so is that a task came too late', async () => {
    const { subject, known } = full();
    const done = await submitted();
    const published = { riskLevel: 'critical' } as RiskAssessment;
    known.set(identityOf(done).taskId, published);
    expect(await subject.assess(done)).toBe(published);
    const late = await submitted({ deadline: new Date(0).toISOString() });
    expect(await subject.assess(late)).toMatchObject({ error: { code: 'deadline_exceeded' } });
  });

  test('nobody is told to come back after the deadline', async () => {
    const { subject } = full();
    await expect(subject.assess(await submitted())).rejects.toThrow(BusyError);
    const soon = await submitted({ deadline: new Date(Date.now() + 500).toISOString() });
    expect(await subject.assess(soon)).toMatchObject({ error: { code: 'queue_full' } });
  });

  test('a picture that has still to be fetched counts', async () => {
    const image = { uri: 'http://store/1', mediaType: 'image/jpeg', sha256: 'a'.repeat(64) };
    const small = await submitted({ image: { ...image, bytes: 10 } });
    const large = await submitted({ image: { ...image, bytes: 900_000 } });
    const { subject } = assessor(undefined, { maxBytes: 100_000 });
    await expect(subject.assess(small)).resolves.toMatchObject({ status: 'succeeded' });
    await expect(subject.assess(large)).rejects.toThrow(BusyError);
  });
});

test('a task that has a result which cannot be read now is not judged again', async () => {
  const known = { find: () => Promise.reject(new Error('broker away')), published: () => undefined };
  const { subject, judged } = assessor(undefined, { known });
  await expect(subject.assess(await submitted())).rejects.toThrow(UnavailableError);
  expect(judged).not.toHaveBeenCalled();
});

describe('stopping', () => {
  test('work in hand is finished and published', async () => {
    const judging = gate<{ verdict: Verdict; model: string }>();
    const { subject, published } = assessor(() => judging.promise);
    const work = subject.assess(await submitted());
    const closed = subject.close(60_000);
    judging.open({ verdict, model: 'm' });
    await closed;
    await expect(work).resolves.toMatchObject({ status: 'succeeded' });
    expect(published).toHaveLength(1);
  });

  test('waits no longer for a result that the broker does not let it read', async () => {
    const known = {
      find: (_id: string, signal?: AbortSignal) =>
        new Promise<never>((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
      published: () => undefined,
    };
    const { subject } = assessor(undefined, { known });
    const refused = expect(subject.assess(await submitted())).rejects.toThrow(UnavailableError);
    await subject.close(1);
    await refused;
  });

  test('what is not done in time has no result: it comes again', async () => {
    const { subject, published } = assessor(
      (_task, _journal, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut')))),
    );
    const work = subject.assess(await submitted());
    const refused = expect(work).rejects.toThrow(UnavailableError);
    await subject.close(1);
    await refused;
    expect(published).toEqual([]);
    expect(subject.inHand).toBe(0);
  });
});

test('the floor has the last word on the level', async () => {
  const floor = [{ name: 'all', peopleAtLeast: 1, level: 'high' as const }];
  const { subject } = assessor(undefined, { policy: { version: policy.version, floor } });
  expect(await subject.assess(await submitted())).toMatchObject({
    riskLevel: 'high',
    floor: { rule: 'all', modelLevel: 'low' },
  });
});

test('a task of another policy’s time says which one judged it', async () => {
  const { subject } = assessor();
  const result = await subject.assess(await submitted({ policyVersion: 'older' }));
  expect(result).toMatchObject({ policyVersion: 'older', judgedByPolicy: policy.version });
  expect(await subject.assess(await submitted())).not.toHaveProperty('judgedByPolicy');
});

test('outcomes and repeats are counted', async () => {
  const { subject, metrics } = assessor();
  const submission = await submitted();
  await Promise.all([subject.assess(submission), subject.assess(submission)]);
  await subject.assess(submission);
  const text = await metrics.metrics();
  expect(text).toContain('riskwatch_tasks_total{outcome="succeeded"} 1');
  expect(text).toContain('riskwatch_duplicate_tasks_total{how="joined"} 1');
  expect(text).toContain('riskwatch_duplicate_tasks_total{how="answered"} 1');
  expect(text).toContain('riskwatch_task_wait_seconds_count 1');
});
