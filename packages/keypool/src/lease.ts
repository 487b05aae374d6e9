import { offAbort, onAbort } from './abort.js';
import type { Grant } from './admission/grant.js';
import { abortedError, type ResolvedCall } from './call-options.js';
import type { Clock, ClockTimer } from './clock.js';
import { KeyPoolError } from './errors.js';
import type { Usage } from './limits/limit.js';
import { classifyError, classifyValue } from './outcome/classify.js';
import { ok, type Outcome } from './outcome/outcome.js';
import type { ProviderProfile } from './providers/provider-profile.js';

/** What a lease needs of the pool it came from. */
export interface LeaseOwner {
  readonly clock: Clock;
  readonly provider: ProviderProfile;
  settled(lease: Lease, grant: Grant, outcome: Outcome, usage: Usage | undefined): void;
}

/**
 * The right to make one call with one key. Settle it with what came of the call; what is never settled keeps
 * its slot. `await lease[Symbol.asyncDispose]()` in a `finally` frees whatever was not settled.
 */
export class Lease {
  readonly #grant: Grant;
  readonly #owner: LeaseOwner;
  readonly #call: ResolvedCall;
  #open = true;
  #controller: AbortController | undefined;
  #timer: ClockTimer | undefined;

  constructor(grant: Grant, owner: LeaseOwner, call: ResolvedCall) {
    this.#grant = grant;
    this.#owner = owner;
    this.#call = call;
  }

  get keyId(): string {
    return this.#grant.key.id;
  }

  get quotaGroup(): string {
    return this.#grant.group.id;
  }

  /** The credential itself. */
  get secret(): string {
    return this.#grant.key.secret;
  }

  /** The headers that carry the credential, as this provider wants them. */
  get headers(): Readonly<Record<string, string>> {
    return this.#grant.key.headers(this.#owner.provider.credential);
  }

  /** Where this key's calls go, when the pool, its quota group or the provider says so. */
  get baseUrl(): string | undefined {
    return this.#grant.group.endpoint.baseUrl;
  }

  /** The model's name for this key, when the pool or its quota group says one. */
  get model(): string | undefined {
    return this.#grant.group.model;
  }

  /** Epoch milliseconds at which the key was given. */
  get startedAt(): number {
    return this.#grant.sentAt;
  }

  /** Fires when the caller's signal does or the deadline passes. Costs nothing until it is read. */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = (this.#controller = new AbortController());
    const { signal, deadline } = this.#call;
    if (signal?.aborted) controller.abort(signal.reason);
    else if (this.#open) {
      if (signal !== undefined) onAbort(signal, this.#onAbort);
      if (deadline !== Infinity) {
        const { clock } = this.#owner;
        this.#timer = clock.after(deadline - clock.now(), () => controller.abort(deadlinePassed()));
      }
    }
    return controller.signal;
  }

  get isSettled(): boolean {
    return !this.#open;
  }

  /**
   * Says what came of the call: a `Response`, anything else with `status` and `headers`, an SDK's error, or an
   * `Outcome`; nothing means it went well. With `usage` the reserved tokens are corrected. Only the first
   * call of it counts.
   */
  settle(result?: unknown, usage?: Usage): void {
    if (!this.#open) return;
    this.#end(result === undefined ? ok : this.#meaningOf(result), usage);
  }

  /** Frees the slot of a call about which nothing was said. What it reserved stays counted. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#open) this.#end({ kind: 'unclassified', reason: 'not settled' }, undefined);
  }

  #meaningOf(result: unknown): Outcome {
    const { provider, clock } = this.#owner;
    const now = clock.now();
    if (!(result instanceof Error)) return classifyValue(provider, result, now);
    return endedByUs(this.#call, now) === undefined
      ? classifyError(provider, result, now)
      : { kind: 'aborted' };
  }

  #end(outcome: Outcome, usage: Usage | undefined): void {
    this.#open = false;
    this.#timer?.cancel();
    const { signal } = this.#call;
    if (this.#controller !== undefined && signal !== undefined) offAbort(signal, this.#onAbort);
    this.#owner.settled(this, this.#grant, outcome, usage);
  }

  readonly #onAbort = (): void => {
    this.#controller?.abort(this.#call.signal?.reason);
  };
}

/** Why a lease's signal fired by itself. */
export function deadlinePassed(): KeyPoolError {
  return new KeyPoolError('deadline_unreachable', 'The deadline passed while the call was under way.');
}

/** What ended the call from our side, if something did. */
export function endedByUs(call: ResolvedCall, now: number): KeyPoolError | undefined {
  if (call.signal?.aborted) return abortedError(call.signal);
  return now >= call.deadline ? deadlinePassed() : undefined;
}
