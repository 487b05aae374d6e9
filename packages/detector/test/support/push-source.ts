import type { Frame } from '../../src/frame.js';

/** A source that gives a frame whenever the test says so. */
export class PushSource implements AsyncIterable<Frame> {
  left = false;
  #frames: Frame[] = [];
  #ended: 'open' | 'ended' | Error = 'open';
  #wake: () => void = () => {};

  push(...frames: Frame[]): void {
    this.#frames.push(...frames);
    this.#wake();
  }

  end(error?: Error): void {
    this.#ended = error ?? 'ended';
    this.#wake();
  }

  [Symbol.asyncIterator](): AsyncIterator<Frame> {
    return {
      next: async () => {
        for (;;) {
          const value = this.#frames.shift();
          if (value) return { done: false, value };
          if (this.#ended instanceof Error) throw this.#ended;
          if (this.#ended === 'ended') return { done: true, value: undefined };
          await new Promise<void>((done) => (this.#wake = done));
        }
      },
      return: () => {
        this.left = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}
