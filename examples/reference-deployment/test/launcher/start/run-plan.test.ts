import { describe, expect, it } from 'vitest';
import { runPlan } from '../../../launcher/start/run-plan.js';

const signal = new AbortController().signal;

function recorder() {
  const seen: string[] = [];
  const step = (id: string, after: string[] = []) => ({
    id,
    after,
    async run() {
      seen.push(`${id} begins`);
      await Promise.resolve();
      seen.push(`${id} ends`);
    },
  });
  return { seen, step };
}

describe('a plan', () => {
  it('runs side by side what does not need each other, and the rest in order', async () => {
    const { seen, step } = recorder();
    await runPlan(
      [step('cameras', ['flink', 'assets']), step('flink', ['kafka']), step('kafka'), step('assets')],
      signal,
    );
    const at = (what: string) => seen.indexOf(what);
    expect(at('flink begins')).toBeGreaterThan(at('kafka ends'));
    expect(at('assets begins')).toBeLessThan(at('kafka ends'));
    expect(at('cameras begins')).toBe(seen.length - 2);
    expect(seen).toHaveLength(8);
  });

  it('begins nothing after a failure and waits for what is under way', async () => {
    const { seen, step } = recorder();
    let told = false;
    const plan = runPlan(
      [
        { id: 'kafka', after: [], run: () => Promise.reject(new Error('no port')) },
        {
          id: 'assets',
          after: [],
          run: (stopped: AbortSignal) =>
            new Promise<void>((done) =>
              stopped.addEventListener('abort', () => {
                told = true;
                done();
              }),
            ),
        },
        step('flink', ['kafka']),
      ],
      signal,
    );
    await expect(plan).rejects.toThrow('no port');
    expect(told).toBe(true);
    expect(seen).toEqual([]);
  });

  it('ends with the reason of a stop', async () => {
    const stop = new AbortController();
    const plan = runPlan(
      [
        {
          id: 'kafka',
          after: [],
          run: (stopped) =>
            new Promise((_done, fail) => stopped.addEventListener('abort', () => fail(new Error('cut')))),
        },
      ],
      stop.signal,
    );
    stop.abort(new Error('Ctrl-C'));
    await expect(plan).rejects.toThrow('Ctrl-C');
  });
});
