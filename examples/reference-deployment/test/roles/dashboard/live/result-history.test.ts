import { describe, expect, it } from 'vitest';
import { ResultHistory, type FinalResult } from '../../../../roles/dashboard/live/result-history.js';

const NOW = 1_800_000_000_000 + 7_000;

let ids = 0;
const result = (ago: number, latency: number, errorCode?: string): FinalResult => ({
  requestId: `r${(ids += 1)}`,
  publishedAt: NOW - ago,
  capturedAt: NOW - ago - latency,
  ...(errorCode ? { errorCode } : {}),
});

const filled = (...results: FinalResult[]) => {
  const history = new ResultHistory();
  for (const one of results) history.add(one);
  return history;
};

describe('ResultHistory', () => {
  it('knows nothing before the first result', () => {
    const history = new ResultHistory();
    expect(history.endToEnd(NOW)).toBeNull();
    expect(history.within(NOW)).toBeNull();
    expect(history.latency(NOW)).toBeNull();
    expect(history.failures(NOW)).toBeNull();
    expect(history.perSecond(NOW)).toBeNull();
  });

  it('takes quantiles over the successes of the last 60 s only', () => {
    const history = filled(
      result(61_000, 9_000),
      result(30_000, 1_000),
      result(2_000, 1_500),
      result(1_000, 8_000, 'refused'),
    );
    expect(history.endToEnd(NOW)).toEqual({ p50: 1_000, p95: 1_500, p99: 1_500 });
  });

  it('counts a failure and a late success as not within the goal', () => {
    const history = filled(
      result(1_000, 2_000),
      result(1_000, 2_001),
      result(1_000, 500, 'refused'),
      result(1_000, 100),
    );
    expect(history.within(NOW)).toBe(0.5);
    expect(history.failedShare(NOW)).toBe(0.25);
  });

  it('lets the first record of a task be the verdict and ignores repeats', () => {
    const history = new ResultHistory();
    const first = result(2_000, 1_000);
    expect(history.add(first)).toBe(true);
    expect(history.add({ ...first, publishedAt: NOW, errorCode: 'internal' })).toBe(false);
    expect(history.failures(NOW)).toEqual({ failed: 0, total: 1, reasons: {} });
  });

  it('lists failures of the last 15 minutes by reason, and forgets older ones', () => {
    const history = filled(
      result(16 * 60_000, 1_000, 'internal'),
      result(14 * 60_000, 1_000, 'deadline_exceeded'),
      result(1_000, 1_000, 'deadline_exceeded'),
      result(1_000, 1_000, 'queue_full'),
      result(1_000, 1_000),
    );
    expect(history.failures(NOW)).toEqual({
      failed: 3,
      total: 4,
      reasons: { deadline_exceeded: 2, queue_full: 1 },
    });
    expect(history.shed(NOW)).toBe(1);
  });

  it('draws 15 minutes in steps of 15 s; a step without a success is unknown, not zero', () => {
    const chart = filled(
      result(60_000, 2_400),
      result(60_000, 2_600),
      result(1_000, 900),
      result(31_000, 1_000, 'refused'),
    ).latency(NOW);
    expect(chart?.p95).toHaveLength(60);
    expect(chart?.p95.filter((ms) => ms !== null)).toEqual([2_600, 900]);
    expect(chart?.p50.at(-1)).toBe(900);
    expect(chart?.p50.at(-3)).toBeNull();
    expect(chart?.overMs).toBe(15_000);
    expect((chart?.from ?? 0) + 60 * 15_000).toBeGreaterThan(NOW);
  });

  it('remembers when something last succeeded', () => {
    const history = filled(result(9_000, 1_000), result(3_000, 1_000, 'refused'));
    expect(history.lastSuccessAt).toBe(NOW - 9_000);
  });
});
