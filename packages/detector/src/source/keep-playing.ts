import type { Clock } from '../clock.js';
import { asDetectorError, DetectorError } from '../errors.js';
import type { RgbImage } from '../frame.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Plays something again and again. A round that fails or gives nothing is reported and tried again after a pause that
 * doubles up to 30 s; a round that gave pictures resets it.
 * @param round plays once; `first` is true for the first round only.
 */
export async function* keepPlaying(
  round: (first: boolean) => AsyncIterable<RgbImage>,
  where: string,
  clock: Clock,
  signal: AbortSignal,
  onProblem: (error: DetectorError) => void,
): AsyncGenerator<RgbImage, void, undefined> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let first = true; ; first = false) {
    let pictures = 0;
    try {
      for await (const picture of round(first)) {
        pictures += 1;
        pauseMs = FIRST_PAUSE_MS;
        yield picture;
      }
      if (pictures > 0) continue;
      throw new DetectorError('source_failed', `${where} gave no picture`);
    } catch (error) {
      signal.throwIfAborted();
      onProblem(asDetectorError(error, 'source_failed', where));
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}
