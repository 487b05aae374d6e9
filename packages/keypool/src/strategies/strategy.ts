import type { Random } from '../random.js';

/** What a strategy may see of a key. Live: the fields change as calls come and go. */
export interface KeyView {
  readonly id: string;
  readonly quotaGroup: string;
  /** As configured; default 1. */
  readonly weight: number;
  /** Calls that hold this key now. */
  readonly inFlight: number;
  /** Calls given to this key so far. */
  readonly calls: number;
  /** Epoch milliseconds at which the key was last given out; 0 before the first time. */
  readonly lastUsedAt: number;
  /** A small integer, unique among the pool's present keys: an index for a picker's own arrays. */
  readonly slot: number;
}

/**
 * The keys that may take a call right now, in no particular order. Kept up to date in place, never copied:
 * do not hold on to positions between two picks. A quota group with very many keys shows sixteen of them
 * at a time, in turn: which key of one account is used makes no difference to its limits.
 */
export interface ReadyKeys {
  readonly size: number;
  /** The key at a position from 0 to `size - 1`. */
  at(index: number): KeyView;
  has(key: KeyView): boolean;
}

/** What a strategy may see of the call. */
export interface CallView {
  readonly model?: string | undefined;
  readonly priority: number;
  readonly fairnessKey?: string | undefined;
}

/** A strategy at work in one pool; it may keep state. */
export interface Picker {
  /** Chooses one of `ready`, which is never empty here. Must return one of them, and should not scan them all. */
  pick(ready: ReadyKeys, call: CallView): KeyView;
  /**
   * Called after a key came into `ready`, left it, or changed its load or weight. With it a picker keeps an
   * order of its own; `ready.has(key)` tells which of these it was.
   */
  changed?(key: KeyView, ready: ReadyKeys): void;
}

/**
 * Which key next. `start` is called once per pool, and once more for each model that has limits of its own
 * (its set of ready keys is another one).
 */
export interface Strategy {
  readonly name: string;
  start(random: Random): Picker;
}
