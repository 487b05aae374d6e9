/** Version 1.17.0 names types that its package does not hold; this is the part used here. */
declare module 'onnxruntime-node' {
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[]);
    readonly dims: readonly number[];
    readonly data: unknown;
  }

  export class InferenceSession {
    static create(
      file: string,
      options: { intraOpNumThreads: number; interOpNumThreads: number },
    ): Promise<InferenceSession>;
    readonly inputNames: readonly string[];
    readonly outputNames: readonly string[];
    run(feeds: Record<string, Tensor>, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  }

  export const env: { logLevel: 'error' };
}
