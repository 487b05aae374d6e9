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
 * fetched while the last one's time runs, so that a frame is there when it is due, and a frame that comes late says
 * when it was due, not when it came. Periods in which the source gave nothing are left out. `sequence` is the number
 * of the period since 1970: it goes on over restarts.
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
    let next = fetchNext();
    let period = periodAt(clock.now()) + 1;
    for (;;) {
      await clock.sleep(period * sampleMs + phaseMs - clock.now(), signal);
      const picture = await next;
      signal.throwIfAborted();
      if (picture.done) return;
      // Later by whole periods, by a slow source or a slow consumer: this is the newest period's frame.
      period = Math.max(period, periodAt(clock.now()));
      next = fetchNext();
      yield { ...picture.value, sequence: period, timestamp: period * sampleMs + phaseMs };
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
