import type { KeyConfig } from './key-config.js';

/** Changes the pool's keys while calls are in flight. Each throws `invalid_options` and changes nothing when it cannot be done. */
export interface KeySet extends Iterable<string> {
  readonly size: number;
  has(id: string): boolean;
  add(key: KeyConfig): void;
  /** Changes a key; whatever is not given stays. A new secret starts with a clean record. */
  update(id: string, key: Partial<KeyConfig>): void;
  /** No new calls at once; calls in flight finish. */
  remove(id: string): void;
  /** By an operator: outlives every change of the configuration, until `enable`. */
  disable(id: string): void;
  /** Takes an operator's flag back, and lets a quarantined key try again at once. */
  enable(id: string): void;
}
