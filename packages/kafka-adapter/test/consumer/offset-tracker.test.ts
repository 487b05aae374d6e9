import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmapReach, decodeDone, encodeDone } from '../../src/consumer/done-bitmap.js';
import { OffsetTracker } from '../../src/consumer/offset-tracker.js';

/** Offsets with gaps, and an order in which some of them get done. */
const run = fc
  .record({
    start: fc.integer({ min: 0, max: 1_000_000 }),
    gaps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 200 }),
  })
  .chain(({ start, gaps }) => {
    let offset = start - 1;
    const offsets = gaps.map((gap) => (offset += gap));
    return fc.record({
      start: fc.constant(start),
      offsets: fc.constant(offsets),
      done: fc.shuffledSubarray(offsets),
    });
  });

describe('OffsetTracker', () => {
  test.prop([run])('commits no offset above one that is not done, and the highest that it may', (given) => {
    const tracker = new OffsetTracker(given.start);
    for (const offset of given.offsets) expect(tracker.deliver(offset)).toBe(true);
    const done = new Set<number>();
    for (const offset of given.done) {
      tracker.done(offset);
      done.add(offset);
      const undone = given.offsets.filter((each) => !done.has(each));
      expect(tracker.base).toBe(undone[0] ?? given.offsets.at(-1)! + 1);
      expect(tracker.pending).toBe(undone.length);
    }
  });

  test.prop([run, fc.nat()])('a successor gets exactly what was not done', (given, cut) => {
    const first = new OffsetTracker(given.start);
    const delivered = given.offsets.slice(0, 1 + (cut % given.offsets.length));
    for (const offset of delivered) first.deliver(offset);
    const done = given.done.filter((offset) => delivered.includes(offset));
    for (const offset of done) first.done(offset);
    const { base, metadata } = first.progress();
    const second = new OffsetTracker(base, metadata);
    const again = given.offsets.filter((offset) => offset >= base && second.deliver(offset));
    expect(again).toEqual(given.offsets.filter((offset) => !done.includes(offset)));
    for (const offset of again) second.done(offset);
    expect(second.base).toBe(given.offsets.at(-1)! + 1);
  });

  it('takes each record once, and no earlier one', () => {
    const tracker = new OffsetTracker(5);
    expect([4, 5, 5, 7, 6].map((offset) => tracker.deliver(offset))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('moves on over what holds no records', () => {
    const tracker = new OffsetTracker(0);
    tracker.passed(3);
    expect([tracker.base, tracker.next, tracker.isDirty]).toEqual([3, 3, true]);
    tracker.deliver(3);
    tracker.passed(10);
    expect([tracker.base, tracker.gap]).toEqual([3, 7]);
    tracker.done(3);
    expect(tracker.base).toBe(10);
  });

  it('has something to commit until just that has been confirmed', () => {
    const tracker = new OffsetTracker(0);
    expect(tracker.isDirty).toBe(false);
    tracker.deliver(0);
    tracker.deliver(1);
    tracker.done(0);
    const { changes } = tracker;
    tracker.done(1);
    tracker.confirm(changes);
    expect(tracker.isDirty).toBe(true);
    tracker.confirm(tracker.changes);
    expect(tracker.isDirty).toBe(false);
    tracker.unconfirm();
    expect(tracker.isDirty).toBe(true);
  });

  it('stays quick over many records', () => {
    const tracker = new OffsetTracker(0);
    for (let offset = 0; offset < 200_000; offset += 1) {
      tracker.deliver(offset);
      if (offset >= 100) tracker.done(offset - 100);
    }
    expect([tracker.base, tracker.pending]).toEqual([199_900, 100]);
  });
});

describe('done bitmap', () => {
  test.prop([fc.nat(), fc.uniqueArray(fc.integer({ min: 1, max: bitmapReach }))])(
    'comes back as it went',
    (base, above) => {
      const done = above.map((distance) => base + distance);
      expect(decodeDone(base, encodeDone(base, done))).toEqual(new Set(done));
    },
  );

  it('fits into what the broker takes, and leaves out what does not', () => {
    const text = encodeDone(0, [1, bitmapReach, bitmapReach + 1, 10 * bitmapReach]);
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect([...decodeDone(0, text)]).toEqual([1, bitmapReach]);
  });

  it.each([undefined, '', 'b2:AAAA', 'something of another program'])(
    'takes %j for nothing done',
    (metadata) => {
      expect(decodeDone(7, metadata)).toEqual(new Set());
    },
  );
});
