import type { FirstResults, FirstResultsOptions } from '@riskwatch/kafka-adapter';
import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { Health } from '../../../../role-process/health.js';
import { KnownResults } from '../../../../roles/scheduler/results/known-results.js';

const result = (requestId: string, riskLevel: string) => ({ requestId, riskLevel }) as RiskAssessment;

/** A results topic in memory, whose tail shows a record when the test says so. */
function topic() {
  const seen = new Map<string, RiskAssessment>();
  let options: FirstResultsOptions | undefined;
  const tail = {
    get size() {
      return seen.size;
    },
    get: (id: string) => seen.get(id),
    read: (id: string) => Promise.resolve(seen.get(id)),
    caughtUp: () => Promise.resolve(),
    close: () => Promise.resolve(),
  } as unknown as FirstResults;
  const read = vi.fn((given: FirstResultsOptions) => {
    options = given;
    return Promise.resolve(tail);
  });
  const show = (record: RiskAssessment) => {
    if (seen.has(record.requestId)) return options?.onRepeat?.(record, {} as never);
    seen.set(record.requestId, record);
    options?.onFirst?.(record, {} as never);
  };
  return { read, show };
}

function known(read: ReturnType<typeof topic>['read']) {
  const health = new Health();
  const log = pino({ enabled: false });
  return {
    health,
    subject: new KnownResults({ connection: { brokers: [] }, health, log, readFirstResults: read }),
  };
}

test('what we published is known at once, also before the tail shows it', async () => {
  const { read, show } = topic();
  const { subject } = known(read);
  await subject.follow(new AbortController().signal);
  subject.published(result('a', 'low'));
  expect(await subject.find('a')).toEqual(result('a', 'low'));
  show(result('a', 'low'));
  expect(subject.size).toBe(1);
  expect(await subject.find('a')).toEqual(result('a', 'low'));
  expect(await subject.find('b')).toBeUndefined();
});

test('the first record is the verdict, also when it is not ours', async () => {
  const { read, show } = topic();
  const { subject } = known(read);
  await subject.follow(new AbortController().signal);
  show(result('a', 'critical'));
  subject.published(result('a', 'none'));
  expect(await subject.find('a')).toEqual(result('a', 'critical'));
});

test('it waits for a topic that is not there yet, and says so', async () => {
  const { read } = topic();
  read.mockRejectedValueOnce(new Error('no such topic'));
  const { subject, health } = known(read);
  const following = subject.follow(new AbortController().signal);
  await vi.waitFor(() => expect(health.reasons).toEqual(['published results: no such topic']));
  await following;
  expect(health.ready).toBe(true);
});

test('it ends with the scheduler', async () => {
  const { read } = topic();
  read.mockRejectedValue(new Error('broker away'));
  const stop = new AbortController();
  const following = known(read).subject.follow(stop.signal);
  stop.abort(new Error('stopping'));
  await expect(following).rejects.toThrow('stopping');
});
