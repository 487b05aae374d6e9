import type { Dispatcher } from 'undici';

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * Hands one answer to whoever made the call: the controller that the caller holds from the beginning to the
 * end, whichever try it is that answers. What comes before the answer is handed over, or while the caller
 * pauses, waits here.
 */
export class Delivery implements Dispatcher.DispatchController {
  /** Called once, when the caller gives up. */
  readonly #onAbort: (reason: Error) => void;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #waiting: Buffer[] = [];
  #trailers: Headers | undefined;
  #paused = false;
  #reason: Error | null = null;
  /** The connection that the answer comes from. */
  #source: Dispatcher.DispatchController | undefined;
  #started = false;
  #finished = false;
  rawHeaders: NonNullable<Dispatcher.DispatchController['rawHeaders']> | null = null;
  rawTrailers: NonNullable<Dispatcher.DispatchController['rawTrailers']> | null = null;

  constructor(handler: Dispatcher.DispatchHandler, onAbort: (reason: Error) => void) {
    this.#handler = handler;
    this.#onAbort = onAbort;
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  abort(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#onAbort(reason);
    this.#source?.abort(reason);
  }

  pause(): void {
    this.#paused = true;
    this.#source?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#flush();
    // Whatever was flushed may have made the caller pause again.
    if (!this.paused) this.#source?.resume();
  }

  /** Begins with the answer of one try. Without a source it has come whole. */
  start(
    { statusCode, headers, statusMessage, rawHeaders }: AnswerHead,
    source?: Dispatcher.DispatchController,
  ): void {
    this.#source = source;
    this.#started = true;
    this.rawHeaders = rawHeaders ?? null;
    this.#handler.onResponseStart?.(this, statusCode, headers, statusMessage);
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#flush();
  }

  end(trailers: Headers): void {
    // The connection may serve another call from now on.
    this.#source = undefined;
    this.#trailers = trailers;
    this.#flush();
  }

  fail(error: Error): void {
    if (this.#finished) return;
    this.#source = undefined;
    this.#finished = true;
    this.#handler.onResponseError?.(this, error);
  }

  #flush(): void {
    while (this.#started && !this.#paused && !this.aborted && !this.#finished) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        this.#handler.onResponseData?.(this, chunk);
        continue;
      }
      if (this.#trailers === undefined) return;
      this.#finished = true;
      this.#handler.onResponseEnd?.(this, this.#trailers);
    }
  }
}

/** The first line and the headers of an answer. */
export interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly statusMessage: string | undefined;
  readonly rawHeaders: Dispatcher.DispatchController['rawHeaders'];
}
