import { AccountLimits } from '../limits/account-limits.js';
import type { ResolvedLimit, ResolvedSimulatorOptions } from '../options.js';

/** Why a call was refused before the model saw it. */
export type RefusalReason =
  | 'rate_limited'
  | 'insufficient_quota'
  | 'invalid_api_key'
  | 'account_disabled'
  | 'overloaded'
  | 'bad_request';

/** The simulator's own count for one key, which others are compared against. */
export interface KeyStats {
  readonly id: string;
  readonly quotaGroup: string;
  /** Calls that passed every limit. */
  accepted: number;
  /** Accepted calls answered in full, with a sound body. */
  succeeded: number;
  /** Accepted calls that ended in an error or a broken answer, or whose caller went away. */
  failed: number;
  inFlight: number;
  maxInFlight: number;
  readonly refused: Record<RefusalReason, number>;
}

export interface SimulatedKey {
  readonly account: Account;
  readonly stats: KeyStats;
  revoked: boolean;
}

/** One quota group: its limits, and whether it has money and may be used at all. */
export class Account {
  readonly id: string;
  limits: AccountLimits;
  state: 'active' | 'exhausted' | 'disabled' = 'active';

  constructor(id: string, limits: readonly ResolvedLimit[], now: number) {
    this.id = id;
    this.limits = new AccountLimits(limits, now);
  }
}

/** Every account with its keys. */
export class Accounts {
  readonly #groups = new Map<string, Account>();
  readonly #bySecret = new Map<string, SimulatedKey>();
  readonly #byId = new Map<string, SimulatedKey>();

  constructor(groups: ResolvedSimulatorOptions['quotaGroups'], now: number) {
    for (const group of groups) {
      if (this.#groups.has(group.id)) throw new TypeError(`quota group "${group.id}" is there twice`);
      const account = new Account(group.id, group.limits, now);
      this.#groups.set(group.id, account);
      for (const [index, entry] of group.keys.entries()) {
        const { id, secret } =
          typeof entry === 'string' ? { id: `${group.id}-${index + 1}`, secret: entry } : entry;
        if (this.#byId.has(id)) throw new TypeError(`key "${id}" is there twice`);
        if (this.#bySecret.has(secret)) throw new TypeError(`key "${id}" has the secret of another key`);
        const key = { account, revoked: false, stats: emptyStats(id, group.id) };
        this.#byId.set(id, key);
        this.#bySecret.set(secret, key);
      }
    }
  }

  withSecret(secret: string): SimulatedKey | undefined {
    return this.#bySecret.get(secret);
  }

  /** @throws {UnknownNameError} */
  key(id: string): SimulatedKey {
    const key = this.#byId.get(id);
    if (!key) throw new UnknownNameError(`no key has the id "${id}"`);
    return key;
  }

  /** @throws {UnknownNameError} */
  quotaGroup(id: string): Account {
    const account = this.#groups.get(id);
    if (!account) throw new UnknownNameError(`no quota group has the id "${id}"`);
    return account;
  }

  stats(): KeyStats[] {
    return [...this.#byId.values()].map((key) => structuredClone(key.stats));
  }
}

/** A control request names a key or quota group that does not exist. */
export class UnknownNameError extends Error {
  readonly code = 'unknown_name';
  override readonly name = 'UnknownNameError';
}

function emptyStats(id: string, quotaGroup: string): KeyStats {
  return {
    id,
    quotaGroup,
    accepted: 0,
    succeeded: 0,
    failed: 0,
    inFlight: 0,
    maxInFlight: 0,
    refused: {
      rate_limited: 0,
      insufficient_quota: 0,
      invalid_api_key: 0,
      account_disabled: 0,
      overloaded: 0,
      bad_request: 0,
    },
  };
}
