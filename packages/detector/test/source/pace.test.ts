import { describe, expect, test } from 'vitest';
import type { RgbImage } from '../../src/frame.js';
import { pace, type PaceOptions } from '../../src/source/pace.js';
import { LeapingClock } from '../support/clocks.js';
import { grey } from '../support/frames.js';

const open = new AbortController().signal;

/** Pictures, each of which takes as long as it says. */
async function* pictures(clock: LeapingClock, takesMs: number[]): AsyncGenerator<RgbImage, void, undefined> {
  for (const ms of takesMs) {
    clock.time += ms;
    yield await Promise.resolve(grey(2, 2));
  }
}

async function play(
  clock: LeapingClock,
  takesMs: number[],
  options: PaceOptions,
): Promise<[number, number][]> {
  const frames: [number, number][] = [];
  for await (const { sequence, timestamp } of pace(pictures(clock, takesMs), options, clock, open)) {
    frames.push([sequence, timestamp]);
  }
  return frames;
}

describe('pace', () => {
  test('frames are due at whole periods plus the phase, whenever it was started', async () => {
    const clock = new LeapingClock(10_700);
    expect(await play(clock, [0, 0, 0], { sampleMs: 2_000, phaseMs: 500 })).toEqual([
      [6, 12_500],
      [7, 14_500],
      [8, 16_500],
    ]);
  });

  test('a frame that comes late, but within its period, says when it was due', async () => {
    const clock = new LeapingClock(0);
    // The second picture is fetched while the first one's period runs, and is there 400 ms late.
    expect(await play(clock, [0, 1_400, 0], { sampleMs: 1_000 })).toEqual([
      [1, 1_000],
      [2, 2_000],
      [3, 3_000],
    ]);
  });

  test('periods without a picture are left out', async () => {
    const clock = new LeapingClock(0);
    expect(await play(clock, [0, 3_500, 0], { sampleMs: 1_000 })).toEqual([
      [1, 1_000],
      [5, 5_000],
      [6, 6_000],
    ]);
  });

  test('nothing is due before the first picture is there', async () => {
    const clock = new LeapingClock(0);
    expect(await play(clock, [1_900, 0], { sampleMs: 1_000 })).toEqual([
      [2, 2_000],
      [3, 3_000],
    ]);
  });

  test('a clock that is set back an hour does not silence the camera for an hour', async () => {
    const clock = new LeapingClock(7_200_000);
    const frames = pace(pictures(clock, [0, 0, 0]), { sampleMs: 1_000 }, clock, open);
    await frames.next();
    clock.time -= 3_600_000;
    const { value } = await frames.next();
    expect(value?.timestamp).toBe(3_602_000);
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(1_000);
  });

  test('an abort ends the wait, and the pictures are let go', async () => {
    const clock = new LeapingClock(0);
    const stop = new AbortController();
    const source = pictures(clock, [0, 0]);
    const frames = pace(source, { sampleMs: 1_000 }, clock, stop.signal);
    await frames.next();
    stop.abort(new Error('enough'));
    await expect(frames.next()).rejects.toThrow('enough');
    expect(await source.next()).toEqual({ done: true, value: undefined });
  });

  test.each([
    { sampleMs: 0 },
    { sampleMs: Number.NaN },
    { sampleMs: 1_000, phaseMs: 1_000 },
    { phaseMs: -1 },
  ])('refuses %o', async (options) => {
    const clock = new LeapingClock(0);
    await expect(play(clock, [], options)).rejects.toMatchObject({ code: 'invalid_options' });
  });
});
