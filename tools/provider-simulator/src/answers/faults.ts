import type { Random } from '../random.js';
import type { SimulatedKey } from '../accounts/accounts.js';

/**
 * How a call goes wrong.
 * - `server-error` 500, `overloaded` 503, `rate-limit` 429 without any hint when to come back;
 * - `reset`: the connection is cut before a byte of the answer; `cut-body`: in the middle of it;
 * - `stall`: headers, half the body, then silence; `slow`: ten times the delay;
 * - `invalid-body`: status 200, a body that is no JSON; `empty`: no content;
 * - `prose`, `markdown-fence`, `wrong-enum`, `missing-field`: what models do to a schema;
 * - `refusal`, `content-filter`: the model or its filter declines; `length`: cut off by the token limit.
 */
export const faultKinds = [
  'server-error',
  'overloaded',
  'rate-limit',
  'reset',
  'cut-body',
  'stall',
  'slow',
  'invalid-body',
  'empty',
  'prose',
  'markdown-fence',
  'wrong-enum',
  'missing-field',
  'refusal',
  'content-filter',
  'length',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface FaultOrder {
  readonly kind: FaultKind;
  /** How many calls it hits. Default 1; `null` for as long as it is not cleared. */
  readonly count?: number | null | undefined;
  /** Share of calls it hits, 0–1. Default 1. */
  readonly share?: number | undefined;
  /** Only calls with this key. */
  readonly keyId?: string | undefined;
  /** Only calls of this quota group. */
  readonly quotaGroup?: string | undefined;
}

/** The faults that were ordered, oldest first; at most one hits a call. */
export class Faults {
  #orders: { order: FaultOrder; left: number }[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  add(order: FaultOrder): void {
    const left = order.count === undefined ? 1 : (order.count ?? Infinity);
    this.#orders.push({ order, left });
  }

  clear(): void {
    this.#orders = [];
  }

  /** The fault that hits this call, if any. */
  draw(key: SimulatedKey): FaultKind | undefined {
    for (const entry of this.#orders) {
      const { keyId, quotaGroup, share = 1, kind } = entry.order;
      if (keyId !== undefined && keyId !== key.stats.id) continue;
      if (quotaGroup !== undefined && quotaGroup !== key.stats.quotaGroup) continue;
      if (share < 1 && this.#random() >= share) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#orders = this.#orders.filter((other) => other !== entry);
      return kind;
    }
    return undefined;
  }
}
