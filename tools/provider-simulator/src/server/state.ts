import { Accounts, type KeyStats } from '../accounts/accounts.js';
import { Faults } from '../answers/faults.js';
import type { ResolvedSimulatorOptions } from '../options.js';
import { seededRandom, type Random } from '../random.js';

/** The simulator's own account of what happened since it started, or since `resetStats`. */
export interface SimulatorStats {
  readonly startedAt: string;
  readonly inFlight: number;
  readonly accepted: number;
  readonly succeeded: number;
  /** Refused calls of known keys; those with unknown secrets are `unknownKeyCalls`. */
  readonly refused: number;
  readonly unknownKeyCalls: number;
  readonly keys: readonly KeyStats[];
}

/** Everything that changes while the simulator runs. */
export class SimulatorState {
  readonly startedAt = new Date();
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly random: Random;
  readonly models: readonly string[];
  readonly rateLimitHeaders: boolean;
  delay: ResolvedSimulatorOptions['delay'];
  outage = false;
  unknownKeyCalls = 0;

  constructor(options: ResolvedSimulatorOptions) {
    this.accounts = new Accounts(options.quotaGroups, this.now());
    this.random = seededRandom(options.seed);
    this.faults = new Faults(seededRandom(options.seed + 1));
    this.models = options.models;
    this.rateLimitHeaders = options.rateLimitHeaders;
    this.delay = options.delay;
  }

  /** Wall-clock milliseconds that never jump, so that fixed windows start on the minute. */
  now(): number {
    return performance.timeOrigin + performance.now();
  }

  stats(): SimulatorStats {
    const keys = this.accounts.stats();
    const sum = (of: (key: KeyStats) => number) => keys.reduce((total, key) => total + of(key), 0);
    return {
      startedAt: this.startedAt.toISOString(),
      inFlight: sum((key) => key.inFlight),
      accepted: sum((key) => key.accepted),
      succeeded: sum((key) => key.succeeded),
      refused: sum((key) => Object.values(key.refused).reduce((total, count) => total + count, 0)),
      unknownKeyCalls: this.unknownKeyCalls,
      keys,
    };
  }
}
