import { describe, expect, it } from 'vitest';
import { drain } from '../../../launcher/stop/drain.js';

const signal = new AbortController().signal;
const script = <T>(...values: T[]) => {
  let at = 0;
  return () => values[Math.min(at++, values.length - 1)] as T;
};

describe('draining', () => {
  it('ends when everything is seen, nothing is open and no group is behind', async () => {
    const caughtUp = script(false, true, true, true);
    const open = script(3, 0, 0, 0);
    const lag = script({ a: 9, b: 2 }, { a: 1, b: 0 }, { a: 0, b: 0 });
    const told: string[] = [];
    const isDrained = await drain(
      { caughtUp: () => Promise.resolve(caughtUp()), open, lag: () => Promise.resolve(lag()) },
      { timeoutMs: 20_000, signal, onProgress: (text) => told.push(text) },
    );
    expect(isDrained).toBe(true);
    expect(told).toEqual([
      'Draining: 3 detections under way, lag 11',
      'Draining: 0 detections under way, lag 1',
    ]);
  });

  it('gives up after its time, also when nobody can be asked', async () => {
    const failing = () => Promise.reject(new Error('no broker'));
    const isDrained = await drain(
      { caughtUp: failing, open: () => 0, lag: failing },
      { timeoutMs: 1, signal, onProgress: () => {} },
    );
    expect(isDrained).toBe(false);
  });

  it('gives up when it is stopped', async () => {
    const stopped = AbortSignal.abort();
    const view = { caughtUp: () => Promise.resolve(true), open: () => 0, lag: () => Promise.resolve({}) };
    expect(await drain(view, { timeoutMs: 1_000, signal: stopped, onProgress: () => {} })).toBe(false);
  });
});
