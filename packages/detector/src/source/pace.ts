import type { Clock } from '../clock.js';
import { DetectorError } from '../errors.js';
import type { Frame, RgbImage } from '../frame.js';

export interface PaceOptions {
  /** Time between two frames. Default 2,000. */
  readonly sampleMs?: number;
  /**
   * Frames are due when the time since 1970, modulo `sampleMs`, is this. Default 0. Give each camera another one, and
   * their frames do not arrive in clumps.
   */
  readonly phaseMs?: number;
}

/**
 * Plays pictures in real time: one is due every `sampleMs`, whatever the source could do faster. The next picture is
 * fetched while the last one's time runs, so that a frame is there when it is due; one that comes late says when it
 * was due, not when it came. Before the first picture, and when one is late by a whole period, nothing was there to be
 * seen: those periods are left out. `sequence` is the number of the period since 1970, so it goes on over restarts.
 */
export async function* pace(
  pictures: AsyncIterable<RgbImage>,
  options: PaceOptions,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  const { sampleMs, phaseMs } = resolvePace(options);
  const periodAt = (time: number): number => Math.floor((time - phaseMs) / sampleMs);
  const iterator = pictures[Symbol.asyncIterator]();
  const fetchNext = (): Promise<IteratorResult<RgbImage>> => {
    const next = iterator.next();
    // It is awaited only when the frame is due; until then nobody else may call a failure unhandled.
    next.catch(() => {});
    return next;
  };
  try {
    const dueAt = (period: number): number => period * sampleMs + phaseMs;
    let next = fetchNext();
    await next;
    let period = periodAt(clock.now()) + 1;
    for (;;) {
      await clock.sleep(dueAt(period) - clock.now(), signal);
      const picture = await next;
      signal.throwIfAborted();
      if (picture.done) return;
      if (clock.now() - dueAt(period) >= sampleMs) {
        period = periodAt(clock.now()) + 1;
        await clock.sleep(dueAt(period) - clock.now(), signal);
      }
      next = fetchNext();
      yield { ...picture.value, sequence: period, timestamp: dueAt(period) };
      // A clock that was set back must not silence the camera until it has caught up.
      period = Math.min(period, periodAt(clock.now())) + 1;
    }
  } finally {
    await iterator.return?.();
  }
}

/** @throws {DetectorError} `invalid_options`. */
export function resolvePace({ sampleMs = 2_000, phaseMs = 0 }: PaceOptions): Required<PaceOptions> {
  if (!(sampleMs >= 1 && sampleMs <= 86_400_000)) {
    throw new DetectorError('invalid_options', `sampleMs must be from 1 to 86400000, got ${sampleMs}`);
  }
  if (!(phaseMs >= 0 && phaseMs < sampleMs)) {
    throw new DetectorError('invalid_options', `phaseMs must be from 0 to below sampleMs, got ${phaseMs}`);
  }
  return { sampleMs, phaseMs };
}
