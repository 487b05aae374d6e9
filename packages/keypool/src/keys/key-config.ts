import { invalidOption } from '../errors.js';

/** A credential. */
export interface KeyConfig {
  /** A label, shown in snapshots, events, metrics and results: never put a secret here. */
  readonly id: string;
  readonly secret: string;
  /** The account, project or deployment whose limits this key shares. Default: a group of its own, named like the key. */
  readonly quotaGroup?: string | undefined;
  /** For the weighted strategy. Default 1. */
  readonly weight?: number | undefined;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

/** Where a key came from: the pool's options, `pool.apply` (a keys file), or `pool.keys.add`. */
export type KeySource = 'options' | 'file' | 'admin';

export function checkKey(key: KeyConfig): void {
  if (typeof key?.id !== 'string' || key.id === '')
    throw invalidOption('key.id', 'must be a non-empty string', key?.id);
  // What no header can carry (a typographic quote, an unseen space) would fail each of its calls and blame nobody.
  if (typeof key.secret !== 'string' || !/^[\x20-\x7e]+$/.test(key.secret)) {
    // The value itself must not reach a message.
    const received = typeof key.secret === 'string' ? `${key.secret.length} characters` : typeof key.secret;
    throw invalidOption(
      `secret of key "${key.id}"`,
      'must be one line of printable ASCII characters',
      received,
    );
  }
  if (key.quotaGroup !== undefined && (typeof key.quotaGroup !== 'string' || key.quotaGroup === '')) {
    throw invalidOption(`quotaGroup of key "${key.id}"`, 'must be a non-empty string', key.quotaGroup);
  }
  if (key.weight !== undefined && !(Number.isFinite(key.weight) && key.weight > 0)) {
    throw invalidOption(`weight of key "${key.id}"`, 'must be a finite number above 0', key.weight);
  }
}
