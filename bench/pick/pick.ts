import { KeyPool, type Limit } from '@riskwatch/keypool';
import { strategyCatalogue } from '@riskwatch/keypool/strategies';
import { markdownTable, median } from '../table.js';

const keysOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `key-${index}`, secret: `secret-${index}` }));

/** Picks, idle keys and a long line, all in one process and without a network. */
export async function pick(): Promise<void> {
  console.log('\n### tryAcquire + settle\n');
  const body = [...strategyCatalogue.values()].flatMap((strategy) =>
    [10, 10_000].map((count) => {
      const limits = [{ requests: 1e9, perSeconds: 60, burst: 1e6 }];
      const pool = new KeyPool({ keys: keysOf(count), strategy, limits });
      return [strategy.name, `${count}`, microsecondsPerPick(pool).toFixed(2)];
    }),
  );
  console.log(markdownTable(['strategy', 'keys', 'µs'], body));
  console.log('\n### Memory of an idle key, each in its own quota group\n');
  console.log(markdownTable(['limits', 'bytes, never used', 'bytes, used once'], await memoryRows()));
  console.log('\n### 100,000 waiting callers, one key of one call at a time\n');
  console.log(markdownTable(['in line, µs each', 'admitted, µs each', 'in order'], [await lineRow()]));
}

function microsecondsPerPick(pool: KeyPool): number {
  const picks = 200_000;
  const round = () => {
    const startedAt = performance.now();
    for (let index = 0; index < picks; index += 1) pool.tryAcquire()!.settle();
    return ((performance.now() - startedAt) / picks) * 1000;
  };
  round();
  return median([round(), round(), round()]);
}

async function memoryRows(): Promise<string[][]> {
  const told = { requests: 300, perSeconds: 60 };
  const kinds: readonly (readonly [string, Limit])[] = [
    ['bucket', { ...told, burst: 5 }],
    ['unknown counting', told],
    ['sliding', { ...told, counting: 'sliding' }],
  ];
  const body: string[][] = [];
  for (const [name, limit] of kinds) {
    const { fresh, used } = await bytesPerKey([limit]);
    body.push([name, `${fresh}`, `${used}`]);
  }
  return body;
}

async function bytesPerKey(limits: readonly Limit[]) {
  const count = 10_000;
  const keys = keysOf(count);
  const before = await heapBytes();
  const pool = new KeyPool({ keys, limits });
  const fresh = await heapBytes();
  for (let index = 0; index < count; index += 1) pool.tryAcquire()?.settle();
  const used = await heapBytes();
  if (pool.snapshot().keys.length !== count) throw new Error('Keys got lost.');
  return { fresh: Math.round((fresh - before) / count), used: Math.round((used - before) / count) };
}

async function heapBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc, as the bench script does.');
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function lineRow(): Promise<string[]> {
  const count = 100_000;
  const pool = new KeyPool({
    keys: keysOf(1),
    limits: [{ concurrent: 1 }],
    admission: { maxWaiting: count },
  });
  const first = await pool.acquire();
  const order: number[] = [];
  const startedAt = performance.now();
  const waiting = Array.from({ length: count }, async (_, index) => {
    const lease = await pool.acquire();
    order.push(index);
    lease.settle();
  });
  const linedUpAt = performance.now();
  first.settle();
  await Promise.all(waiting);
  const doneAt = performance.now();
  const each = (from: number, to: number) => (((to - from) / count) * 1000).toFixed(2);
  return [
    each(startedAt, linedUpAt),
    each(linedUpAt, doneAt),
    order.every((caller, place) => caller === place) ? 'yes' : 'no',
  ];
}
