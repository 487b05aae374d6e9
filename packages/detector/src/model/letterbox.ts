import type { Box } from '../boxes/box.js';
import type { RgbImage } from '../frame.js';
import type { InputSpec } from './model-spec.js';

/** Weights are fixed-point numbers of 11 bits: a byte times two of them stays a small integer. */
const BITS = 11;
const ONE = 1 << BITS;
const HALF = 1 << (2 * BITS - 1);

/**
 * Fits frames into a model's input: proportions kept, bilinear, pixel centres aligned (as OpenCV's INTER_LINEAR).
 * The result buffer and the tables are made once and again only when frames change their size.
 */
export class Letterbox {
  /** Red, green, blue a pixel, `input.width` x `input.height`; overwritten by the next `fit`. */
  readonly pixels: Uint8Array;
  readonly #input: Pick<InputSpec, 'width' | 'height' | 'letterbox'>;
  #width = 0;
  #height = 0;
  #left = 0;
  #top = 0;
  #toFrame: (box: Box) => Box = (box) => box;
  #across: Taps = { near: new Int32Array(), far: new Int32Array(), weight: new Int32Array() };
  #down: Taps = this.#across;

  constructor(input: Pick<InputSpec, 'width' | 'height' | 'letterbox'>) {
    this.#input = input;
    this.pixels = new Uint8Array(input.width * input.height * 3);
  }

  /**
   * Draws `frame` into `pixels`.
   * @returns what turns a box of the input into one of this frame.
   */
  fit(frame: RgbImage): (box: Box) => Box {
    if (frame.width !== this.#width || frame.height !== this.#height) this.#prepare(frame);
    const { data, width } = frame;
    const { pixels } = this;
    const { near: left, far: right, weight: acrossWeight } = this.#across;
    const { near: upper, far: lower, weight: downWeight } = this.#down;
    const columns = left.length;
    const rowBytes = this.#input.width * 3;
    // The hottest loop outside the model, a million bytes a frame: written out, and nothing allocated in it.
    for (let row = 0; row < upper.length; row += 1) {
      const above = upper[row]! * width * 3;
      const below = lower[row]! * width * 3;
      const v = downWeight[row]!;
      const u = ONE - v;
      let to = (this.#top + row) * rowBytes + this.#left * 3;
      for (let column = 0; column < columns; column += 1, to += 3) {
        const near = left[column]!;
        const far = right[column]!;
        const h = acrossWeight[column]!;
        const g = ONE - h;
        const gu = g * u;
        const hu = h * u;
        const gv = g * v;
        const hv = h * v;
        let a = above + near;
        let b = above + far;
        let c = below + near;
        let d = below + far;
        pixels[to] = (data[a]! * gu + data[b]! * hu + data[c]! * gv + data[d]! * hv + HALF) >> (2 * BITS);
        pixels[to + 1] =
          (data[++a]! * gu + data[++b]! * hu + data[++c]! * gv + data[++d]! * hv + HALF) >> (2 * BITS);
        pixels[to + 2] =
          (data[++a]! * gu + data[++b]! * hu + data[++c]! * gv + data[++d]! * hv + HALF) >> (2 * BITS);
      }
    }
    return this.#toFrame;
  }

  #prepare({ width, height }: RgbImage): void {
    const input = this.#input;
    this.#width = width;
    this.#height = height;
    const scale = Math.min(input.width / width, input.height / height);
    const innerWidth = Math.max(1, Math.round(width * scale));
    const innerHeight = Math.max(1, Math.round(height * scale));
    const centred = input.letterbox.placement === 'center';
    const left = centred ? Math.floor((input.width - innerWidth) / 2) : 0;
    const top = centred ? Math.floor((input.height - innerHeight) / 2) : 0;
    this.#left = left;
    this.#top = top;
    this.#toFrame = (box) => ({
      x: (box.x - left) / scale,
      y: (box.y - top) / scale,
      width: box.width / scale,
      height: box.height / scale,
    });
    this.#across = taps(width, innerWidth, 3);
    this.#down = taps(height, innerHeight, 1);
    this.pixels.fill(input.letterbox.pad);
  }
}

/** For each target position the two source positions (times `step`) and the second one's weight. */
interface Taps {
  near: Int32Array;
  far: Int32Array;
  weight: Int32Array;
}

function taps(source: number, target: number, step: number): Taps {
  const near = new Int32Array(target);
  const far = new Int32Array(target);
  const weight = new Int32Array(target);
  for (let index = 0; index < target; index += 1) {
    const at = Math.min(source - 1, Math.max(0, ((index + 0.5) * source) / target - 0.5));
    const low = Math.floor(at);
    near[index] = low * step;
    far[index] = Math.min(source - 1, low + 1) * step;
    weight[index] = Math.round((at - low) * ONE);
  }
  return { near, far, weight };
}
