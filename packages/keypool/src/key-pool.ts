import { EventEmitter } from 'eventemitter3';
import { offAbort, onAbort } from './abort.js';
import { Dispatcher, type WaitingCall } from './admission/dispatcher.js';
import type { Grant } from './admission/grant.js';
import { unreachable } from './admission/refusals.js';
import { abortedError, resolveCall, type CallOptions, type ResolvedCall } from './call-options.js';
import type { Clock, ClockTimer } from './clock.js';
import { KeyPoolError } from './errors.js';
import type { KeyPoolEvents } from './events.js';
import type { KeyConfig } from './keys/key-config.js';
import { createKeySet } from './keys/key-administration.js';
import type { KeySet } from './keys/key-set.js';
import type { KeyState } from './keys/key-state.js';
import { Lease, type LeaseOwner } from './lease.js';
import type { Usage } from './limits/limit.js';
import {
  factsOf,
  resolveConfig,
  resolveOptions,
  type ConfigFacts,
  type KeyPoolOptions,
  type PoolConfig,
  type ResolvedConfig,
} from './options.js';
import type { Change } from './outcome/attribution.js';
import type { Outcome } from './outcome/outcome.js';
import type { ProviderProfile } from './providers/provider-profile.js';
import type { Random } from './random.js';
import { runCall, type RunContext, type RunOptions } from './run.js';
import { takeSnapshot, type KeyPoolSnapshot } from './snapshot.js';

/**
 * Many rate-limited keys as one pool: a call gets a key when one is free, in turn, before the provider has to
 * refuse anything; what is refused all the same is tried elsewhere.
 */
export class KeyPool extends EventEmitter<KeyPoolEvents> {
  /** Add, change, remove, disable and enable keys. */
  readonly keys: KeySet;
  readonly provider: ProviderProfile;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #maxWaiting: number;
  readonly #dispatcher: Dispatcher;
  readonly #owner: LeaseOwner;
  #facts: ConfigFacts;
  #wake: ClockTimer | undefined;
  #wakeAt = Infinity;
  #departure: ClockTimer | undefined;
  #sequence = 0;
  #closed = false;
  #idle: (() => void) | undefined;

  /** @throws KeyPoolError `invalid_options`: the message names the option, the rule and what was given. */
  constructor(options: KeyPoolOptions = {}) {
    super();
    const resolved = resolveOptions(options);
    const { clock, random, provider, maxWaiting } = resolved;
    this.provider = provider;
    this.#clock = clock;
    this.#random = random;
    this.#maxWaiting = maxWaiting;
    this.#facts = factsOf(resolved);
    this.#dispatcher = new Dispatcher(resolved.strategy, this.#defaultsOf(resolved), random);
    this.#owner = {
      clock,
      provider,
      settled: (lease, grant, outcome, usage) => this.#settled(lease, grant, outcome, usage),
    };
    this.keys = createKeySet({
      registry: this.#dispatcher.registry,
      now: () => clock.now(),
      changed: (event, key) => {
        this.#emitKey(event, key);
        this.#pump();
      },
    });
    this.#declare(resolved);
    for (const key of resolved.keys) this.#dispatcher.registry.add(key, 'options', clock.now());
  }

  /**
   * Makes a call: waits for a key, calls `action` with it, finds out what came of it, and tries again with
   * other keys while that can help and the deadline allows. A `Response`, or an error with `status` and
   * `headers`, is understood; any other error ends the call and blames nobody. The lease ends when `action`
   * does, so read the body inside it.
   *
   * @returns what the last try returned, even if that is the provider's refusal.
   * @throws KeyPoolError when there is no answer to return; else what `action` threw.
   */
  async run<T>(action: (lease: Lease) => Promise<T> | T, options: RunOptions<T> = {}): Promise<T> {
    const call = this.#resolve(options);
    const context: RunContext = {
      ...this.#owner,
      random: this.#random,
      take: (wanted, avoid) => this.#take(wanted, avoid),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
    return runCall(context, action, call, options);
  }

  /**
   * Waits for a key. Whoever gets a lease must settle it.
   *
   * @throws KeyPoolError `deadline_unreachable`, `queue_full`, `no_usable_key`, `aborted`, `closed` or `invalid_options`.
   */
  async acquire(options?: CallOptions): Promise<Lease> {
    return (await this.#take(this.#resolve(options), undefined)).lease;
  }

  /** A key if one is free right now and nobody waits for it; undefined otherwise. */
  tryAcquire(options?: CallOptions): Lease | undefined {
    const now = this.#clock.now();
    if (this.#closed) throw closedError();
    const call = resolveCall(options, now);
    const grant = this.#dispatcher.tryTake(call, undefined, now);
    if (grant === undefined) return undefined;
    this.#watchDeparture();
    return new Lease(grant, this.#owner, call);
  }

  /**
   * Replaces everything a keys file holds, at once: on an error nothing has changed. Keys that came by
   * `keys.add` stay; what limits have counted, cooldowns, quarantines and operators' flags stay too.
   *
   * @throws KeyPoolError `invalid_options`.
   */
  apply(config: PoolConfig): void {
    const resolved = this.#checked(config);
    const { registry } = this.#dispatcher;
    const now = this.#clock.now();
    const wanted = new Set(resolved.keys.map(({ id }) => id));
    this.#facts = factsOf(resolved);
    this.#declare(resolved);
    for (const key of [...registry.keys.values()]) {
      if (key.source === 'admin' || wanted.has(key.id)) continue;
      registry.remove(key.id, now);
      this.#emitKey('key-draining', key);
      if (key.inFlight === 0) this.#emitKey('key-removed', key);
    }
    for (const key of resolved.keys) this.#put(key, now);
    this.#pump();
  }

  /** Throws what `apply` would throw, and changes nothing. */
  check(config: PoolConfig): void {
    this.#checked(config);
  }

  /** The state of every key and quota group, the waiting line and the endpoints. Never holds a secret. */
  snapshot(): KeyPoolSnapshot {
    return takeSnapshot(this.#dispatcher, this.#maxWaiting, this.#clock.now());
  }

  /** Where calls may go: every base URL that the options, a quota group or the provider's profile names. */
  get baseUrls(): readonly string[] {
    return this.#facts.baseUrls;
  }

  /** Whether any limit counts tokens, so that an answer's usage is worth reading. */
  get countsTokens(): boolean {
    return this.#facts.countsTokens;
  }

  /** Models that have limits of their own. */
  get limitedModels(): ReadonlySet<string> {
    return this.#facts.limitedModels;
  }

  /**
   * Turns new and waiting calls away (`closed`) and resolves when those in flight have ended, or after
   * `deadlineMs` (default: no bound).
   */
  async close({ deadlineMs = Infinity }: { deadlineMs?: number } = {}): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#dispatcher.drainLine()) waiter.refuse(closedError());
    this.#arm();
    if (this.#dispatcher.inFlight === 0 || deadlineMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = deadlineMs === Infinity ? undefined : this.#clock.after(deadlineMs, resolve);
      this.#idle = () => {
        timer?.cancel();
        resolve();
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #resolve(options: CallOptions | undefined): ResolvedCall {
    if (this.#closed) throw closedError();
    return resolveCall(options, this.#clock.now());
  }

  async #take(call: ResolvedCall, avoid: KeyState | undefined): Promise<{ lease: Lease; key: KeyState }> {
    const now = this.#clock.now();
    if (this.#closed) throw closedError();
    if (call.signal?.aborted) throw abortedError(call.signal);
    const grant = this.#dispatcher.tryTake(call, avoid, now);
    if (grant !== undefined) {
      this.#watchDeparture();
      this.emit('admitted', { waitMs: 0 });
      return { lease: new Lease(grant, this.#owner, call), key: grant.key };
    }
    if (this.#dispatcher.waiting >= this.#maxWaiting) {
      this.emit('refused', { code: 'queue_full' });
      throw new KeyPoolError(
        'queue_full',
        `${this.#maxWaiting} calls are waiting for a key already (admission.maxWaiting).`,
      );
    }
    return new Promise((resolve, reject) => {
      const { signal } = call;
      const leave = () => signal !== undefined && offAbort(signal, abort);
      const waiter: WaitingCall = {
        call,
        avoid,
        arrivedAt: now,
        sequence: (this.#sequence += 1),
        place: -1,
        expiryPlace: -1,
        grant: (given) => {
          leave();
          this.emit('admitted', { waitMs: given.sentAt - now });
          resolve({ lease: new Lease(given, this.#owner, call), key: given.key });
        },
        refuse: (error) => {
          leave();
          this.emit('refused', { code: KeyPoolError.is(error) ? error.code : 'unknown' });
          reject(error);
        },
      };
      const abort = () => {
        this.#dispatcher.withdraw(waiter);
        waiter.refuse(abortedError(signal!));
        this.#arm();
      };
      if (call.deadline !== Infinity) {
        const earliest = this.#dispatcher.earliestStart(waiter, now);
        if (earliest > call.deadline) return waiter.refuse(unreachable('before', earliest, now));
      }
      if (signal !== undefined) onAbort(signal, abort);
      this.#dispatcher.enqueue(waiter);
      this.#pump();
    });
  }

  #settled(lease: Lease, grant: Grant, outcome: Outcome, usage: Usage | undefined): void {
    const now = this.#clock.now();
    const { key } = grant;
    if (outcome.kind === 'ok') key.succeeded += 1;
    else if (outcome.kind === 'rate-limited') key.rateLimited += 1;
    else key.otherFailures += 1;
    const changes = this.#dispatcher.settle(grant, outcome, usage, now);
    if (this.listenerCount('attempt') > 0) {
      this.emit('attempt', {
        keyId: key.id,
        quotaGroup: grant.group.id,
        outcome: outcome.kind,
        reason: outcome.reason,
        startedAt: lease.startedAt,
        ms: now - lease.startedAt,
      });
    }
    for (const change of changes) this.#emitChange(change);
    if (key.draining && key.inFlight === 0) this.#emitKey('key-removed', key);
    if (this.#dispatcher.waiting > 0) this.#pump();
    if (this.#closed && this.#dispatcher.inFlight === 0) this.#idle?.();
  }

  #pump(): void {
    this.#dispatcher.pump(this.#clock.now());
    this.#watchDeparture();
    this.#arm();
  }

  /** Finds out how late the calls just sent leave this process: when it turns to the next thing, they have. */
  #watchDeparture(): void {
    if (this.#departure !== undefined || !this.#dispatcher.sendsPending) return;
    this.#departure = this.#clock.after(0, () => {
      this.#departure = undefined;
      this.#dispatcher.callsLeft(this.#clock.now());
    });
  }

  /** One timer for the whole pool, and only while someone waits. */
  #arm(): void {
    const at = this.#dispatcher.wakeAt;
    if (at === this.#wakeAt) return;
    this.#wake?.cancel();
    this.#wake = undefined;
    this.#wakeAt = at;
    if (at === Infinity) return;
    this.#wake = this.#clock.after(at - this.#clock.now(), () => {
      this.#wakeAt = Infinity;
      this.#pump();
    });
  }

  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        if (signal !== undefined) offAbort(signal, done);
        resolve();
      };
      const timer = this.#clock.after(ms, done);
      if (signal !== undefined) onAbort(signal, done);
    });
  }

  #checked(config: PoolConfig): ResolvedConfig {
    const resolved = resolveConfig(config, this.provider);
    for (const { id } of resolved.keys) {
      if (this.#dispatcher.registry.keys.get(id)?.source !== 'admin') continue;
      throw new KeyPoolError(
        'invalid_options',
        `keys must not name "${id}": a key of that id was added to the pool by hand.`,
      );
    }
    return resolved;
  }

  #put(config: KeyConfig, now: number): void {
    const { registry } = this.#dispatcher;
    const known = registry.keys.get(config.id);
    if (known === undefined) this.#emitKey('key-added', registry.add(config, 'file', now));
    else if (!isSame(known, config)) this.#emitKey('key-updated', registry.update(config.id, config, now));
  }

  #declare(config: ResolvedConfig): void {
    const now = this.#clock.now();
    if (config.strategy !== this.#dispatcher.strategy) this.#dispatcher.useStrategy(config.strategy, now);
    this.#dispatcher.registry.declare(config.quotaGroups, this.#defaultsOf(config), now);
    this.#dispatcher.recognise(factsOf(config).limitedModels, now);
  }

  #defaultsOf({ limits, baseUrl, model }: ResolvedConfig) {
    return { limits, baseUrl, model, counting: this.provider.counting };
  }

  #emitKey(event: KeyEventName, key: KeyState): void {
    const until = key.quarantine.isOpen ? undefined : key.quarantine.until;
    this.emit(event, { keyId: key.id, quotaGroup: key.quotaGroup, reason: key.reason, until });
  }

  #emitChange(change: Change): void {
    if ('key' in change) {
      this.#emitKey(change.kind, change.key);
      return;
    }
    const { group } = change;
    if (change.kind === 'endpoint-failing' || change.kind === 'endpoint-ready') {
      const { baseUrl, breaker, reason } = group.endpoint;
      this.emit(change.kind, { baseUrl, reason, until: breaker.isOpen ? undefined : breaker.until });
      return;
    }
    const until = group.recovery.isOpen ? undefined : group.recovery.until;
    this.emit(change.kind, { quotaGroup: group.id, reason: group.reason, until });
  }
}

type KeyEventName = Extract<keyof KeyPoolEvents, `key-${string}`>;

function isSame(key: KeyState, config: KeyConfig): boolean {
  return (
    key.secret === config.secret &&
    key.weight === (config.weight ?? 1) &&
    key.enabled === (config.enabled ?? true) &&
    key.quotaGroup === (config.quotaGroup ?? config.id)
  );
}

function closedError(): KeyPoolError {
  return new KeyPoolError('closed', 'The pool is closed.');
}
