import { randomBytes } from 'node:crypto';
import type { QuotaGroupOptions } from '../options.js';

export interface SimulatedKeysOptions {
  /** How many keys. Default 8. */
  readonly keys?: number;
  /** Requests a minute of each account. Default 300. */
  readonly rpm?: number;
  /** What an idle account may send at once. Default 5. */
  readonly burst?: number;
  /** Accounts that the keys are dealt to in turn. Default: as many as keys, each key its own account. */
  readonly quotaGroups?: number;
}

export interface SimulatedKeyEntry {
  readonly id: string;
  readonly secret: string;
  readonly quotaGroup: string;
}

export interface SimulatedQuotaGroup {
  readonly id: string;
  readonly limits: { requests: number; perSeconds: number; burst: number; counting: 'bucket' }[];
}

/** Fresh keys, told to both sides: the simulator's options and what a keys file says about them. */
export function simulatedKeys(options: SimulatedKeysOptions = {}): {
  /** For `startProviderSimulator({ quotaGroups })`. */
  simulator: { quotaGroups: QuotaGroupOptions[] };
  /** For the keys file. */
  keys: SimulatedKeyEntry[];
  quotaGroups: SimulatedQuotaGroup[];
} {
  const { keys: count = 8, rpm = 300, burst = 5 } = options;
  const accounts = Math.min(options.quotaGroups ?? count, count);
  const keys = Array.from({ length: count }, (_, index) => ({
    id: `key-${index + 1}`,
    secret: `sk-simulated-${randomBytes(18).toString('base64url')}`,
    quotaGroup: `account-${(index % accounts) + 1}`,
  }));
  const quotaGroups = Array.from({ length: accounts }, (_, index) => ({
    id: `account-${index + 1}`,
    limits: [{ requests: rpm, perSeconds: 60, burst, counting: 'bucket' as const }],
  }));
  const simulator = {
    quotaGroups: quotaGroups.map((group) => ({
      ...group,
      keys: keys.filter((key) => key.quotaGroup === group.id).map(({ id, secret }) => ({ id, secret })),
    })),
  };
  return { simulator, keys, quotaGroups };
}
