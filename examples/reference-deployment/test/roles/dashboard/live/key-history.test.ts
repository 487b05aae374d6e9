import { describe, expect, it } from 'vitest';
import { KeyHistory } from '../../../../roles/dashboard/live/key-history.js';
import { refusalOf } from '../../../../roles/dashboard/live/refusal.js';

const NOW = 1_800_000_000_000;

describe('KeyHistory', () => {
  it('counts the calls of the last minute by when they started, however late the result tells of them', () => {
    const history = new KeyHistory();
    for (let second = 1; second <= 120; second += 1)
      history.add({ keyId: 'a', startedAt: NOW - second * 1_000 });
    expect(history.lastMinute('a', NOW)).toBe(60);
    expect(history.lastMinute('never seen', NOW)).toBe(0);
    expect(history.perMinute('a', NOW)).toEqual([...Array.from({ length: 13 }, () => 0), 60, 60]);
  });

  it('names the most frequent refusal of the last 15 minutes', () => {
    const history = new KeyHistory();
    history.add({ keyId: 'a', startedAt: NOW - 16 * 60_000, refused: '401' });
    history.add({ keyId: 'a', startedAt: NOW - 16 * 60_000, refused: '401' });
    for (const refused of ['429', '503', '503'])
      history.add({ keyId: 'a', startedAt: NOW - 60_000, refused });
    history.add({ keyId: 'a', startedAt: NOW - 50_000 });
    expect(history.refused('a', NOW)).toEqual({ answer: '503', count: 2 });
    expect(history.refused('b', NOW)).toBeNull();
  });

  it('keeps nothing that is older than 15 minutes', () => {
    const history = new KeyHistory();
    history.add({ keyId: 'a', startedAt: NOW - 60_000, refused: '429' });
    history.prune(NOW + 20 * 60_000);
    expect(history.perMinute('a', NOW)).toEqual(Array.from({ length: 15 }, () => 0));
    expect(history.refused('a', NOW)).toBeNull();
  });
});

describe('refusalOf', () => {
  it.each([
    ['ok', undefined, undefined],
    ['aborted', undefined, undefined],
    ['rate-limited', undefined, '429'],
    ['bad-key', '400', '400'],
    ['unavailable', 'a reason that is too long for its column', '503'],
    ['something-new', 7, 'something-new'],
  ])('%s (%s) → %s', (outcome, reason, refusal) => {
    expect(refusalOf(outcome, reason)).toBe(refusal);
  });
});
