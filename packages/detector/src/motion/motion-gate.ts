import { DetectorError } from '../errors.js';
import type { Frame } from '../frame.js';

export interface MotionGateOptions {
  /** Change of a cell's brightness (0 to 255) that counts as movement. Default 16; lower lets noise through. */
  readonly threshold?: number;
  /** Cells of the 96 x 72 grid that must have changed. Default 3: about a person of 1/24 of the picture's height. */
  readonly minCells?: number;
  /** A frame passes at least this often, moved or not, so that somebody who lies still is seen again. Default 10,000. */
  readonly maxStillMs?: number;
}

const COLUMNS = 96;
const ROWS = 72;
/** Pixels that are looked at in each cell, along each side. */
const PROBES = 3;

/**
 * Tells whether anything moved in front of one camera, at a hundredth of an inference's price: the mean brightness of
 * 9 pixels in each cell of a grid is compared with that of the last frame that passed (not the last one seen, or slow
 * movement would never add up).
 */
export class MotionGate {
  readonly #threshold: number;
  readonly #minCells: number;
  readonly #maxStillMs: number;
  #passed: Float32Array | undefined;
  #looked: Float32Array = new Float32Array(COLUMNS * ROWS);
  #size = '';
  #passedAt = 0;

  /** @throws {DetectorError} `invalid_options`. */
  constructor({ threshold = 16, minCells = 3, maxStillMs = 10_000 }: MotionGateOptions = {}) {
    for (const [name, value] of Object.entries({ threshold, minCells, maxStillMs })) {
      if (!(value >= 0)) {
        throw new DetectorError('invalid_options', `${name} must be at least 0, got ${value}`);
      }
    }
    this.#threshold = threshold;
    this.#minCells = minCells;
    this.#maxStillMs = maxStillMs;
  }

  /** Whether the frame is worth an inference. */
  passes(frame: Frame): boolean {
    measure(frame, this.#looked);
    const size = `${frame.width}x${frame.height}`;
    const stillFor = frame.timestamp - this.#passedAt;
    if (
      this.#passed &&
      size === this.#size &&
      stillFor >= 0 &&
      stillFor < this.#maxStillMs &&
      !this.#moved(this.#passed)
    ) {
      return false;
    }
    const spare = this.#passed ?? new Float32Array(COLUMNS * ROWS);
    this.#passed = this.#looked;
    this.#looked = spare;
    this.#size = size;
    this.#passedAt = frame.timestamp;
    return true;
  }

  #moved(passed: Float32Array): boolean {
    let changed = 0;
    for (let cell = 0; cell < passed.length; cell += 1) {
      if (Math.abs(passed[cell]! - this.#looked[cell]!) >= this.#threshold) changed += 1;
      if (changed >= this.#minCells) return true;
    }
    return false;
  }
}

function measure({ data, width, height }: Frame, cells: Float32Array): void {
  const [acrossStep, downStep] = [width / (COLUMNS * PROBES), height / (ROWS * PROBES)];
  cells.fill(0);
  for (let probeRow = 0; probeRow < ROWS * PROBES; probeRow += 1) {
    const y = Math.min(height - 1, Math.floor((probeRow + 0.5) * downStep));
    const cellRow = Math.floor(probeRow / PROBES) * COLUMNS;
    for (let probeColumn = 0; probeColumn < COLUMNS * PROBES; probeColumn += 1) {
      const x = Math.min(width - 1, Math.floor((probeColumn + 0.5) * acrossStep));
      const at = (y * width + x) * 3;
      // Green counts twice: close enough to brightness, in integers.
      const brightness = (data[at]! + 2 * data[at + 1]! + data[at + 2]!) / 4;
      cells[cellRow + Math.floor(probeColumn / PROBES)]! += brightness / (PROBES * PROBES);
    }
  }
}
