import type { Dispatcher } from 'undici';
import { parseBody } from '../../outcome/classify.js';
import type { ProviderProfile } from '../../providers/provider-profile.js';
import type { SettleCall } from '../../run.js';
import { settleBy, type AnswerWatch, type Failure } from '../answer-watch.js';
import { earlyLook, mostHeldBack, type EarlyLook } from '../early-failure.js';
import type { AnswerHead, Delivery } from './delivery.js';

type Controller = Dispatcher.DispatchController;
type Trailers = AnswerHead['headers'];

/** An answer as far as it is needed to judge it; `body` of those that are no success. */
export interface AttemptAnswer extends AnswerHead {
  readonly attempt: Attempt;
  readonly body?: unknown;
  readonly failure?: Failure | undefined;
}

/** Where a try stands: nothing has come, its beginning is kept back, or it is being handed over. */
type Stage = 'sent' | 'kept-back' | 'handed-over';

/**
 * One try of one call. `answer` resolves as soon as the answer can be judged: successes by their headers (or
 * their first event, where that may be an error), anything else when it has come whole.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly answer: Promise<AttemptAnswer>;
  readonly #provider: ProviderProfile;
  readonly #signal: AbortSignal;
  readonly #examines: boolean;
  #resolve!: (answer: AttemptAnswer) => void;
  #reject!: (error: unknown) => void;
  #controller: Controller | undefined;
  #stage: Stage = 'sent';
  #head: AnswerHead | undefined;
  #look: EarlyLook | undefined;
  #judged = false;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #trailers: Trailers | undefined;
  #failed: Error | undefined;
  #delivery: Delivery | undefined;
  #watch: AnswerWatch | undefined;
  #settle: SettleCall | undefined;

  /** @param examines Look for errors at the beginning of successes: the call can be made again. */
  constructor(provider: ProviderProfile, signal: AbortSignal, examines: boolean) {
    this.#provider = provider;
    this.#signal = signal;
    this.#examines = examines;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#signal.aborted) this.#onAbort();
  }

  onResponseStart(controller: Controller, statusCode: number, headers: Trailers, message?: string): void {
    if (statusCode < 200) return;
    this.#stage = 'kept-back';
    this.#head = { statusCode, headers, statusMessage: message, rawHeaders: controller.rawHeaders };
    if (statusCode >= 400) return;
    if (this.#examines) this.#look = earlyLook(this.#provider, String(headers['content-type'] ?? ''));
    if (this.#look === undefined) this.#judge({});
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    if (this.#stage === 'handed-over') {
      this.#watch?.see(chunk);
      this.#delivery!.push(chunk);
      return;
    }
    if (this.#controller?.aborted) return;
    this.#kept.push(chunk);
    this.#keptBytes += chunk.byteLength;
    if (this.#judged || this.#look === undefined) return;
    const text = this.#text();
    if (this.#look.enough(text) || this.#keptBytes >= mostHeldBack)
      this.#judge({ failure: this.#look.failure(text, false) });
  }

  onResponseEnd(_: Controller, trailers: Trailers): void {
    this.#over();
    this.#trailers = trailers;
    if (this.#stage === 'handed-over') this.#finish();
    else if (this.#judged) return;
    else if (this.#look !== undefined) this.#judge({ failure: this.#look.failure(this.#text(), true) });
    else this.#judge({ body: parseBody(this.#text()) });
  }

  onResponseError(_: Controller, error: Error): void {
    this.#over();
    this.#failed = error;
    if (this.#stage === 'handed-over') this.#finish();
    else this.#reject(error);
  }

  /** Hands the answer over, and all of it that comes from now on. `settle` is told how it ended. */
  handOver(delivery: Delivery, watch: AnswerWatch | undefined, settle: SettleCall): void {
    this.#watch = watch;
    this.#settle = settle;
    try {
      this.replay(delivery);
    } catch (error) {
      // Whoever reads it will have nothing of it.
      settle({ kind: 'unclassified', reason: 'not taken' });
      this.#stop(error as Error);
      throw error;
    }
  }

  /** Hands over an answer whose call has been settled. */
  replay(delivery: Delivery): void {
    this.#stage = 'handed-over';
    this.#delivery = delivery;
    const isOver = this.#failed !== undefined || this.#trailers !== undefined;
    delivery.start(this.#head!, isOver ? undefined : this.#controller);
    for (const chunk of this.#kept.splice(0)) {
      this.#watch?.see(chunk);
      delivery.push(chunk);
    }
    if (isOver) this.#finish();
  }

  /** The call is made elsewhere: whatever else comes of this try is not wanted. */
  discard(): void {
    this.#kept.length = 0;
    if (this.#failed === undefined && this.#trailers === undefined) this.#stop(new Error('Tried elsewhere.'));
  }

  #finish(): void {
    if (this.#failed === undefined) {
      if (this.#settle !== undefined) settleBy(this.#watch, this.#head!.headers, this.#settle);
      this.#delivery!.end(this.#trailers!);
    } else {
      this.#settle?.(this.#failed);
      this.#delivery!.fail(this.#failed);
    }
  }

  #judge(found: { body?: unknown; failure?: Failure | undefined }): void {
    this.#judged = true;
    this.#resolve({ ...this.#head!, ...found, attempt: this });
  }

  #text(): string {
    return Buffer.concat(this.#kept).toString();
  }

  #over(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#stop(this.#signal.reason as Error);
  };

  #stop(reason: Error): void {
    if (this.#controller === undefined) this.#reject(reason);
    else if (!this.#controller.aborted) this.#controller.abort(reason);
  }
}
