import { describe, expect, test } from 'vitest';
import { nextMidnight } from '../../src/limits/day.js';
import { LearnedRate } from '../../src/limits/learned-rate.js';
import { LimitPlan } from '../../src/limits/limit-plan.js';
import { LimitSet } from '../../src/limits/limit-set.js';
import { SendMargin } from '../../src/limits/send-margin.js';
import type { Cost } from '../../src/limits/limit.js';

const start = Date.UTC(2026, 0, 15, 12);
const cost = (more: Partial<Cost> = {}): Cost => ({
  requests: 1,
  inputTokens: 0,
  outputTokens: 0,
  images: 0,
  ...more,
});

describe('tokens', () => {
  test('what was reserved and not used comes back', () => {
    const limits = new LimitSet(
      new LimitPlan([{ tokens: 1000, perSeconds: 60, counting: 'sliding' }], 'unknown'),
    );
    const reservation = limits.take('', cost({ inputTokens: 600, outputTokens: 400 }), start, 0);
    expect(limits.freeAt('', cost({ inputTokens: 300 }), start)).toBe(start + 60_000);
    limits.settle('', reservation, true, { inputTokens: 500, outputTokens: 100 }, start + 10);
    expect(limits.freeAt('', cost({ inputTokens: 400 }), start + 10)).toBe(start + 10);
    expect(limits.freeAt('', cost({ inputTokens: 401 }), start + 10)).toBeGreaterThan(start + 10);
  });

  test('what was used beyond the reservation is owed', () => {
    const limits = new LimitSet(
      new LimitPlan([{ outputTokens: 600, perSeconds: 60, burst: 600 }], 'unknown'),
    );
    const reservation = limits.take('', cost({ outputTokens: 100 }), start, 0);
    limits.settle('', reservation, true, { inputTokens: 5, outputTokens: 600 }, start);
    expect(limits.freeAt('', cost({ outputTokens: 100 }), start)).toBeCloseTo(start + 10_000, 3);
  });

  test('a call larger than the limit goes when all of it is free', () => {
    const limits = new LimitSet(
      new LimitPlan([{ inputTokens: 100, perSeconds: 10, counting: 'sliding' }], 'unknown'),
    );
    const large = cost({ inputTokens: 250 });
    expect(limits.freeAt('', large, start)).toBe(start);
    limits.take('', large, start, 0);
    expect(limits.freeAt('', cost({ inputTokens: 1 }), start + 9_999)).toBe(start + 10_000);
  });
});

describe('models', () => {
  test('a limit of one model leaves the others alone', () => {
    const limits = new LimitSet(
      new LimitPlan(
        [
          { requests: 1, perSeconds: 10, counting: 'sliding', models: ['large'] },
          { concurrent: 1, models: ['large'] },
          { requests: 100, perSeconds: 10, counting: 'sliding' },
        ],
        'unknown',
      ),
    );
    const reservation = limits.take('large', cost(), start, 0);
    expect(limits.freeAt('large', cost(), start)).toBe(Infinity);
    expect(limits.freeAt('', cost(), start)).toBe(start);
    limits.settle('large', reservation, true, undefined, start);
    expect(limits.freeAt('large', cost(), start)).toBe(start + 10_000);
  });
});

describe('days', () => {
  test('a daily limit opens again at midnight of its zone', () => {
    const limits = new LimitSet(
      new LimitPlan([{ requests: 2, perDay: 'America/Los_Angeles' }, { concurrent: 9 }], 'unknown'),
    );
    limits.take('', cost(), start, 0);
    limits.take('', cost(), start, 0);
    // 12:00 UTC is 04:00 there in winter.
    expect(limits.freeAt('', cost(), start)).toBe(start + 20 * 3_600_000);
    expect(limits.freeAt('', cost(), start + 20 * 3_600_000)).toBe(start + 20 * 3_600_000);
  });

  test.each([
    ['Europe/Berlin', Date.UTC(2026, 2, 29, 0, 30), Date.UTC(2026, 2, 29, 22)],
    ['Europe/Berlin', Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 23)],
    ['Asia/Kolkata', Date.UTC(2026, 0, 1, 0, 0), Date.UTC(2026, 0, 1, 18, 30)],
    ['UTC', Date.UTC(2026, 0, 1, 0, 0), Date.UTC(2026, 0, 2)],
  ])('the next midnight in %s, where days may be longer or shorter', (zone, from, midnight) => {
    expect(nextMidnight(zone, from)).toBe(midnight);
  });
});

describe('changed limits', () => {
  test('a window keeps what it has counted', () => {
    const limits = new LimitSet(
      new LimitPlan([{ requests: 2, perSeconds: 10, counting: 'sliding' }], 'unknown'),
    );
    limits.take('', cost(), start, 0);
    limits.take('', cost(), start, 0);
    limits.update(new LimitPlan([{ requests: 3, perSeconds: 10, counting: 'sliding' }], 'unknown'), start);
    expect(limits.freeAt('', cost(), start)).toBe(start);
    limits.take('', cost(), start, 0);
    expect(limits.freeAt('', cost(), start)).toBe(start + 10_000);
  });

  test('a bucket keeps what is missing from it', () => {
    const limits = new LimitSet(new LimitPlan([{ requests: 60, perSeconds: 60, burst: 2 }], 'unknown'));
    limits.take('', cost(), start, 0);
    limits.take('', cost(), start, 0);
    limits.update(new LimitPlan([{ requests: 120, perSeconds: 60, burst: 2 }], 'unknown'), start);
    expect(limits.freeAt('', cost(), start)).toBeCloseTo(start + 500, 3);
  });

  test('a concurrency limit that comes in counts the calls that are under way', () => {
    const limits = new LimitSet(new LimitPlan([], 'unknown'));
    limits.take('', cost(), start, 0);
    limits.update(new LimitPlan([{ concurrent: 1 }], 'unknown'), start);
    expect(limits.freeAt('', cost(), start)).toBe(Infinity);
  });
});

describe('a pace that nobody told', () => {
  test('is free until the first refusal and then settles below what was refused', () => {
    const learned = new LearnedRate();
    let now = start;
    for (let call = 0; call < 100; call += 1, now += 100) {
      expect(learned.freeAt(1, now)).toBe(now);
      learned.take(1, now, 5);
      learned.succeeded(now);
    }
    learned.refused(now);
    expect(learned.perSecond).toBeGreaterThan(8.5);
    expect(learned.perSecond).toBeLessThan(9.5);
  });

  test('comes near a provider that allows five a second, at under one refusal in a hundred', () => {
    const learned = new LearnedRate();
    let level = 5;
    let filledAt = start;
    let [sent, refused, sentLate, refusedLate] = [0, 0, 0, 0];
    for (let now = start; now < start + 300_000;) {
      now = Math.max(now, learned.freeAt(1, now)) + 1;
      level = Math.min(5, level + ((now - filledAt) / 1000) * 5);
      filledAt = now;
      const late = now > start + 120_000;
      learned.take(1, now, 5);
      if (level >= 1) {
        level -= 1;
        sent += 1;
        if (late) sentLate += 1;
        learned.succeeded(now);
      } else {
        refused += 1;
        if (late) refusedLate += 1;
        learned.refused(now);
        now += 1000;
      }
    }
    expect(sentLate).toBeGreaterThan(180 * 5 * 0.9);
    expect(refusedLate).toBeLessThan(sentLate / 100);
    expect(refused).toBeLessThan(sent / 100 + 10);
  });
});

test('the margin is wide for calls that open a connection and narrow for the others', () => {
  const margin = new SendMargin();
  const cold = margin.of(start, 1);
  const warm = margin.of(start + 10, 1);
  expect(warm).toBeLessThan(cold);
  expect(margin.of(start + 20, 2)).toBe(cold);
  expect(margin.of(start + 30, 1)).toBe(warm);
  expect(margin.of(start + 60_000, 1)).toBe(cold);
});
