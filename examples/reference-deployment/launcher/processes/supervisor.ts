import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceStartError, type RunningService, type Service } from './service.js';

/** Before it is started again: doubled after each time, forgotten once it has run for long enough. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly forgottenAfterMs: number;
}

export type ServiceEvent =
  | { readonly type: 'ended'; readonly how: string; readonly againInMs: number }
  | { readonly type: 'failed-again'; readonly error: unknown; readonly againInMs: number }
  | { readonly type: 'back'; readonly afterMs: number };

export interface SupervisorOptions {
  readonly onEvent: (event: ServiceEvent) => void;
  /** Tries of the first start; whoever never came up has a reason that trying for ever would hide. Default 3. */
  readonly firstTries?: number;
  readonly backoff?: Backoff;
}

const defaultBackoff: Backoff = { firstMs: 250, mostMs: 10_000, forgottenAfterMs: 30_000 };

/** Keeps one service running from `start` to `stop`. */
export class Supervisor {
  readonly service: Service;
  readonly #options: SupervisorOptions;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #running: RunningService | undefined;
  #kept: Promise<void> | undefined;

  constructor(service: Service, options: SupervisorOptions) {
    this.service = service;
    this.#options = options;
    this.#backoff = options.backoff ?? defaultBackoff;
  }

  /** The process of this moment; undefined between two. */
  get running(): RunningService | undefined {
    return this.#running;
  }

  /**
   * The first start.
   * @throws the last try's error, or the reason of `signal`.
   */
  async start(signal: AbortSignal, onProgress: (text: string) => void = () => {}): Promise<void> {
    const either = AbortSignal.any([signal, this.#stopping.signal]);
    const tries = this.#options.firstTries ?? 3;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const running = await this.service.start(either, onProgress);
        this.#running = running;
        this.#kept = this.#keep(running);
        return;
      } catch (error) {
        either.throwIfAborted();
        if (attempt >= tries || !(error instanceof ServiceStartError)) throw error;
        await sleep(this.#waitMs(attempt), undefined, { signal: either });
      }
    }
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopping'));
    await this.#running?.stop();
    await this.#kept;
  }

  /** Ends it for good, at once. */
  kill(): void {
    this.#stopping.abort(new Error('stopping'));
    this.#running?.kill();
  }

  #waitMs(failures: number): number {
    return Math.min(this.#backoff.mostMs, this.#backoff.firstMs * 2 ** (failures - 1));
  }

  async #keep(first: RunningService): Promise<void> {
    const { signal } = this.#stopping;
    let running: RunningService = first;
    let since = performance.now();
    let failures = 0;
    while (!signal.aborted) {
      const how = await running.exited;
      this.#running = undefined;
      if (signal.aborted) return;
      const endedAt = performance.now();
      failures = endedAt - since >= this.#backoff.forgottenAfterMs ? 1 : failures + 1;
      this.#options.onEvent({ type: 'ended', how, againInMs: this.#waitMs(failures) });
      const next = await this.#again(failures);
      if (!next) return;
      running = next.running;
      failures = next.failures;
      since = performance.now();
      this.#options.onEvent({ type: 'back', afterMs: since - endedAt });
    }
  }

  /** Tries until it runs again; undefined when stopped meanwhile. */
  async #again(failuresBefore: number): Promise<{ running: RunningService; failures: number } | undefined> {
    const { signal } = this.#stopping;
    for (let failures = failuresBefore; ; failures += 1) {
      try {
        await sleep(this.#waitMs(failures), undefined, { signal });
        const running = await this.service.start(signal, () => {});
        this.#running = running;
        // Stopped in the very moment in which it came up: `stop` has not seen this process.
        if (signal.aborted) await running.stop();
        return { running, failures };
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#options.onEvent({ type: 'failed-again', error, againInMs: this.#waitMs(failures + 1) });
      }
    }
  }
}
