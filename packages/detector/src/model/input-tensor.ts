import type { InputSpec } from './model-spec.js';

/** Turns letterboxed bytes into the model's float32 [1, 3, height, width]; the array is made once. */
export class InputTensor {
  readonly values: Float32Array;
  readonly dims: readonly [1, 3, number, number];
  readonly #tables: readonly Float32Array[];
  readonly #channels: readonly number[];

  constructor({ width, height, colorOrder, mean, std }: InputSpec) {
    this.values = new Float32Array(3 * width * height);
    this.dims = [1, 3, height, width];
    this.#channels = colorOrder === 'rgb' ? [0, 1, 2] : [2, 1, 0];
    this.#tables = [0, 1, 2].map((channel) =>
      Float32Array.from({ length: 256 }, (_, byte) => (byte - mean[channel]!) / std[channel]!),
    );
  }

  /** @param pixels red, green, blue a pixel. */
  fill(pixels: Uint8Array): void {
    const plane = this.values.length / 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const table = this.#tables[channel]!;
      const start = channel * plane;
      for (let index = 0, at = this.#channels[channel]!; index < plane; index += 1, at += 3) {
        this.values[start + index] = table[pixels[at]!]!;
      }
    }
  }
}
