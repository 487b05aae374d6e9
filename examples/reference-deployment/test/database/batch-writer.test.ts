import { describe, expect, it } from 'vitest';
import { BatchWriter } from '../../database/batch-writer.js';

const refused = (message: string) => Object.assign(new Error(message), { code: '22P02' });

/** A write that notes its batches and ends when told. */
function heldWrites() {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const writer = new BatchWriter<string, string>(
    async (items) => {
      batches.push([...items]);
      await new Promise<void>((end) => ends.push(end));
      return items.map((item) => item.toUpperCase());
    },
    { maxItems: 3 },
  );
  return { writer, batches, endNext: () => ends.shift()?.() };
}

describe('BatchWriter', () => {
  it('writes the first at once and what comes meanwhile together, in order, at most so many', async () => {
    const { writer, batches, endNext } = heldWrites();
    const results = Promise.all(['a', 'b', 'c', 'd', 'e'].map((item) => writer.add(item)));
    expect(batches).toEqual([['a']]);
    endNext();
    await expect.poll(() => batches).toEqual([['a'], ['b', 'c', 'd']]);
    endNext();
    await expect.poll(() => batches.at(-1)).toEqual(['e']);
    endNext();
    expect(await results).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('gathers what comes while it rests, and writes at once after a quiet time', async () => {
    const batches: string[][] = [];
    const writer = new BatchWriter<string, string>(
      (items) => {
        batches.push([...items]);
        return Promise.resolve(items);
      },
      { restMs: 5 },
    );
    await writer.add('a');
    await Promise.all([writer.add('b'), writer.add('c')]);
    expect(batches).toEqual([['a'], ['b', 'c']]);
    await new Promise((rested) => setTimeout(rested, 20));
    const last = writer.add('d');
    expect(batches.at(-1)).toEqual(['d']);
    await last;
  });

  it('lets an item that the data rules refuse fail alone', async () => {
    const writer = new BatchWriter<string, string>((items) =>
      items.includes('bad') ? Promise.reject(refused('bad item')) : Promise.resolve(items),
    );
    const settled = await Promise.allSettled(
      ['first', 'good', 'bad', 'fine'].map((item) => writer.add(item)),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails a batch as a whole when the database is away, and goes on with the next', async () => {
    let away = true;
    const sizes: number[] = [];
    const writer = new BatchWriter<string, string>((items) => {
      sizes.push(items.length);
      return away ? Promise.reject(new Error('connection lost')) : Promise.resolve(items);
    });
    const settled = await Promise.allSettled(['a', 'b', 'c'].map((item) => writer.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(sizes).toEqual([1, 2]);
    away = false;
    expect(await writer.add('d')).toBe('d');
  });
});
