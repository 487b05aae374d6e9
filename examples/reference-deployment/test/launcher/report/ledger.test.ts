import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Ledger, type ResultEntry } from '../../../launcher/report/ledger.js';
import { buildReport, describeReport } from '../../../launcher/report/report.js';

const facts = { seconds: 30, cameras: 2, frames: 60, lag: {} };

function result(id: string, over: Partial<ResultEntry> = {}): ResultEntry {
  return {
    requestId: `task-${id}`,
    detectionId: id,
    outcome: 'succeeded',
    storedAtMs: 1_000,
    attempts: [{ keyId: 'key-1', outcome: 'ok', ms: 800 }],
    ...over,
  };
}

describe('the report of a run', () => {
  it('counts each detection, task, result and dead letter once', () => {
    const ledger = new Ledger();
    for (const id of ['a', 'a', 'b', 'c', 'd']) ledger.addDetection({ detectionId: id, capturedAtMs: 0 });
    for (const id of ['a', 'b', 'b']) ledger.addTask({ taskId: `task-${id}`, detectionId: id });
    ledger.addResult(result('a'));
    ledger.addResult(result('b', { outcome: 'deadline_exceeded', attempts: [] }));
    ledger.addResult(result('b'));
    const dead = { origin: 'detection-results-topic/0/7', reason: 'invalid', id: 'c' };
    ledger.addDeadLetter(dead);
    ledger.addDeadLetter(dead);
    expect(buildReport(ledger, facts)).toMatchObject({
      detections: 4,
      tasks: 2,
      results: { succeeded: 1, failed: { deadline_exceeded: 1 } },
      deadLetters: { invalid: 1 },
      repeats: 1,
      carriedOver: 0,
      succeededWithinTwoSeconds: 0.25,
    });
    expect(ledger.open).toBe(1);
  });

  it('measures from capture to LogAppendTime, and without the time of every attempt at the provider', () => {
    const ledger = new Ledger();
    ledger.measureLatenciesFrom(0);
    ledger.addDetection({ detectionId: 'a', capturedAtMs: 100 });
    ledger.addResult(
      result('a', {
        storedAtMs: 1_500,
        attempts: [
          { keyId: 'key-1', outcome: 'unavailable', ms: 300 },
          { keyId: 'key-2', outcome: 'ok', ms: 900 },
        ],
      }),
    );
    const report = buildReport(ledger, facts);
    expect(report.endToEndMs).toEqual({ p50: 1_400, p95: 1_400, p99: 1_400 });
    expect(report.overheadMs).toEqual({ p50: 200, p95: 200, p99: 200 });
  });

  it('leaves warming up out of the latencies, not out of the share of quick ones', () => {
    const ledger = new Ledger();
    ledger.measureLatenciesFrom(20_000);
    ledger.addDetection({ detectionId: 'early', capturedAtMs: 19_999 });
    ledger.addResult(result('early', { storedAtMs: 21_000 }));
    const report = buildReport(ledger, facts);
    expect(report.endToEndMs).toEqual({ p50: null, p95: null, p99: null });
    expect(report.succeededWithinTwoSeconds).toBe(1);
  });

  it('counts a failed result as never quick, and exactly 2 s as quick', () => {
    const ledger = new Ledger();
    for (const id of ['a', 'b', 'c']) ledger.addDetection({ detectionId: id, capturedAtMs: 0 });
    ledger.addResult(result('a', { storedAtMs: 2_000 }));
    ledger.addResult(result('b', { storedAtMs: 2_001 }));
    ledger.addResult(result('c', { storedAtMs: 10, outcome: 'refused' }));
    expect(buildReport(ledger, facts).succeededWithinTwoSeconds).toBe(0.3333);
  });

  it('sums calls by key from the attempts, ordered as people count', () => {
    const ledger = new Ledger();
    ledger.addResult(
      result('a', {
        attempts: [
          { keyId: 'key-10', outcome: 'rate-limited', ms: 5 },
          { keyId: 'key-2', outcome: 'bad-key', ms: 5 },
          { keyId: 'key-10', outcome: 'ok', ms: 5 },
        ],
      }),
    );
    expect(buildReport(ledger, facts).keys).toEqual([
      { id: 'key-2', calls: 1, succeeded: 0, rateLimited: 0, otherFailures: 1 },
      { id: 'key-10', calls: 2, succeeded: 1, rateLimited: 1, otherFailures: 0 },
    ]);
  });

  it('tells verdicts on what an earlier run has left', () => {
    const ledger = new Ledger();
    ledger.addDetection({ detectionId: 'new', capturedAtMs: 0 });
    ledger.addResult(result('old'));
    expect(buildReport(ledger, facts)).toMatchObject({
      detections: 1,
      carriedOver: 1,
      results: { succeeded: 1 },
    });
    expect(ledger.open).toBe(1);
  });

  it('finds the detection of a dead letter that names its task', () => {
    const ledger = new Ledger();
    ledger.addDetection({ detectionId: 'a', capturedAtMs: 0 });
    ledger.addTask({ taskId: 'task-a', detectionId: 'a' });
    ledger.addDeadLetter({ origin: 'assessment-tasks-topic/0/1', reason: 'invalid', id: 'task-a' });
    expect(ledger.open).toBe(0);
  });

  it('forgets what is settled and old without changing a count', () => {
    const hourMs = 3_600_000;
    const ledger = new Ledger();
    ledger.addDetection({ detectionId: 'settled', capturedAtMs: 0 });
    ledger.addDetection({ detectionId: 'open', capturedAtMs: 0 });
    ledger.addResult(result('settled'));
    ledger.addResult(result('carried'));
    const before = buildReport(ledger, facts);
    ledger.forgetBefore(3 * hourMs);
    expect(buildReport(ledger, facts)).toEqual(before);
    expect(ledger.open).toBe(1);
  });

  type Event = (ledger: Ledger) => void;
  test.prop([fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 8 })])(
    'is the same in whatever order the topics are read',
    (seed, count) => {
      const events: Event[] = [];
      for (let id = 0; id < count; id += 1) {
        const detectionId = `d${id}`;
        events.push((ledger) => ledger.addDetection({ detectionId, capturedAtMs: id * 100 }));
        if (id % 3 === 0)
          events.push((ledger) => ledger.addTask({ taskId: `task-${detectionId}`, detectionId }));
        if (id % 4 !== 3)
          events.push((ledger) => ledger.addResult(result(detectionId, { storedAtMs: 2_050 })));
      }
      const inOrder = new Ledger();
      const shuffled = new Ledger();
      for (const ledger of [inOrder, shuffled]) ledger.measureLatenciesFrom(0);
      for (const event of events) event(inOrder);
      const order = events.map((event, index) => ({ event, at: (index * 7919 + seed * 104729) % 997 }));
      for (const { event } of order.sort((a, b) => a.at - b.at)) event(shuffled);
      expect(buildReport(shuffled, facts)).toEqual(buildReport(inOrder, facts));
      expect(shuffled.open).toBe(inOrder.open);
    },
  );

  it('is told in two sentences', () => {
    const ledger = new Ledger();
    ledger.measureLatenciesFrom(0);
    ledger.addDetection({ detectionId: 'a', capturedAtMs: 0 });
    ledger.addResult(result('a'));
    expect(describeReport(buildReport(ledger, facts)).join('\n')).toMatch(
      /1 detections, 1 succeeded, 0 failed[^]*p95 1\.00 s[^]*100\.0 % of all detections within 2 s/,
    );
  });
});
