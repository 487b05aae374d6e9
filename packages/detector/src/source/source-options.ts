import type { Clock } from '../clock.js';
import type { DetectorError } from '../errors.js';
import type { PaceOptions } from './pace.js';

/** What file and folder sources have in common. */
export interface SourceOptions extends PaceOptions {
  /** Start again at the end. Default true; else the source ends there, and a failure is thrown. */
  readonly loop?: boolean;
  /** Wider pictures are scaled down to this. Default 1,920. Boxes are in pixels of the scaled frame. */
  readonly maxWidth?: number;
  /** A picture that cannot be used, or a source that fails and is tried again. Default: nobody is told. */
  readonly onProblem?: (error: DetectorError) => void;
  /** Ends the source; leaving the loop over it does the same. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export const DEFAULT_MAX_WIDTH = 1_920;
