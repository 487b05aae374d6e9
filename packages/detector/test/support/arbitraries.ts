import { fc } from '@fast-check/vitest';
import type { Person } from '../../src/boxes/box.js';

/** Whole numbers, so that sums and scaling by powers of two are exact and a boundary stays one. */
export const person: fc.Arbitrary<Person> = fc
  .record({
    x: fc.integer({ min: 0, max: 1_900 }),
    y: fc.integer({ min: 0, max: 1_000 }),
    width: fc.integer({ min: 4, max: 200 }),
    height: fc.integer({ min: 4, max: 400 }),
    confidence: fc.double({ min: 0.01, max: 1, noNaN: true }),
  })
  .map(({ confidence, ...box }) => ({ box, confidence }));

export const people = fc.array(person, { maxLength: 25 });

/** The same people in two orders. */
export const shuffledPeople = people.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
);
