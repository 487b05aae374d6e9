import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrontQueue, type QueueEntry } from '../../src/producer/front-queue.js';

interface Numbered extends QueueEntry {
  number: number;
}

const entryOf = (number: number, bytes = 10, topic = 'a', alone = false): Numbered => ({
  number,
  bytes,
  alone,
  failures: 0,
  state: 'waiting',
  record: { topic, key: Buffer.from('k'), value: null, headers: {} },
});

const queueOf = (limits: Partial<{ maxRecords: number; maxBytes: number; maxBatchRecords: number }> = {}) =>
  new FrontQueue<Numbered>({
    maxRecords: 1_000,
    maxBytes: 10_000,
    maxBatchRecords: 4,
    maxTopicBytes: () => 100,
    ...limits,
  });

const numbers = (batch: Numbered[]) => batch.map(({ number }) => number);

describe('FrontQueue', () => {
  test.prop([
    fc.array(
      fc.record({
        bytes: fc.integer({ min: 1, max: 100 }),
        topic: fc.constantFrom('a', 'b'),
        alone: fc.boolean(),
        gone: fc.boolean(),
        fails: fc.boolean(),
      }),
      { maxLength: 60 },
    ),
  ])('sends everything once, in order, in batches within the bounds', (given) => {
    const queue = queueOf();
    const entries = given.map(({ bytes, topic, alone }, index) => entryOf(index, bytes, topic, alone));
    for (const entry of entries) queue.add(entry);
    entries.forEach((entry, index) => {
      if (!given[index]!.gone) return;
      entry.state = 'gone';
      queue.release(entry);
    });
    const sent: number[] = [];
    const failed = new Set<number>();
    for (let batch = queue.takeBatch(); batch.length > 0; batch = queue.takeBatch()) {
      expect(batch.length).toBeLessThanOrEqual(4);
      for (const topic of ['a', 'b']) {
        const bytes = batch
          .filter((entry) => entry.record.topic === topic)
          .reduce((sum, entry) => sum + entry.bytes, 0);
        expect(bytes).toBeLessThanOrEqual(100);
      }
      if (batch.some(({ alone }) => alone)) expect(batch).toHaveLength(1);
      const [first] = batch;
      if (given[first!.number]!.fails && !failed.has(first!.number)) {
        failed.add(first!.number);
        queue.putBack(batch);
        continue;
      }
      for (const entry of batch) queue.release(entry);
      sent.push(...numbers(batch));
    }
    expect(sent).toEqual(given.flatMap(({ gone }, index) => (gone ? [] : [index])));
    expect([queue.records, queue.bytes]).toEqual([0, 0]);
  });

  it('counts what is on its way, and always has room for one', () => {
    const queue = queueOf({ maxRecords: 2, maxBytes: 50 });
    expect(queue.hasRoomFor(10_000)).toBe(true);
    queue.add(entryOf(0, 30));
    expect([queue.hasRoomFor(20), queue.hasRoomFor(21)]).toEqual([true, false]);
    const batch = queue.takeBatch();
    expect(queue.hasRoomFor(21)).toBe(false);
    queue.release(batch[0]!);
    expect(queue.hasRoomFor(21)).toBe(true);
  });

  it('gives back what waits when it is drained', () => {
    const queue = queueOf({ maxBatchRecords: 1 });
    for (const number of [0, 1, 2]) queue.add(entryOf(number));
    queue.takeBatch();
    expect(numbers(queue.drain())).toEqual([1, 2]);
    expect(queue.takeBatch()).toEqual([]);
  });
});
