import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { intersectionOverUnion } from '../../src/boxes/box.js';
import { suppressOverlaps } from '../../src/boxes/suppress.js';
import { people, person, shuffledPeople } from '../support/arbitraries.js';
import { personAt } from '../support/frames.js';

const overlap = fc.double({ min: 0, max: 1, noNaN: true });

describe('suppressOverlaps', () => {
  test('keeps the best of two that overlap and both of two that do not', () => {
    const best = personAt(0, 0, 10, 20, 0.9);
    const shadow = personAt(1, 0, 10, 20, 0.8);
    const other = personAt(40, 0, 10, 20, 0.4);
    expect(suppressOverlaps([shadow, other, best], 0.5)).toEqual([best, other]);
  });

  test('an overlap of exactly the limit is allowed', () => {
    // 10 x 10 boxes shifted by 5: 50 shared of 150.
    const pair = [personAt(0, 0, 10, 10, 0.9), personAt(5, 0, 10, 10, 0.8)];
    expect(suppressOverlaps(pair, 50 / 150)).toHaveLength(2);
    expect(suppressOverlaps(pair, 50 / 150 - 0.01)).toHaveLength(1);
  });

  test.prop([people, overlap])(
    'no two that stay overlap by more, and whoever goes overlaps a better one',
    (all, limit) => {
      const kept = suppressOverlaps(all, limit);
      for (const one of kept) {
        for (const other of kept) {
          if (one !== other) expect(intersectionOverUnion(one.box, other.box)).toBeLessThanOrEqual(limit);
        }
      }
      for (const gone of all.filter((each) => !kept.includes(each))) {
        expect(
          kept.some(
            (one) => one.confidence >= gone.confidence && intersectionOverUnion(one.box, gone.box) > limit,
          ),
        ).toBe(true);
      }
    },
  );

  test.prop([people, overlap])('doing it twice changes nothing', (all, limit) => {
    const once = suppressOverlaps(all, limit);
    expect(suppressOverlaps(once, limit)).toEqual(once);
  });

  test.prop([shuffledPeople, overlap])('the order of the input does not matter', ([all, shuffled], limit) => {
    expect(suppressOverlaps(shuffled, limit)).toEqual(suppressOverlaps(all, limit));
  });
});

describe('intersectionOverUnion', () => {
  test.prop([person, person])('is symmetric, within 0 to 1, and 1 for a box with itself', (a, b) => {
    const value = intersectionOverUnion(a.box, b.box);
    expect(value).toBe(intersectionOverUnion(b.box, a.box));
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
    expect(intersectionOverUnion(a.box, a.box)).toBe(1);
  });
});
