import { Recovery } from '../outcome/recovery.js';
import type { Random } from '../random.js';
import type { QuotaGroupState } from './quota-group-state.js';

/** One place that calls go to. When it fails, no key is to blame. */
export class Endpoint {
  readonly baseUrl: string | undefined;
  readonly breaker: Recovery;
  readonly quotaGroups = new Set<QuotaGroupState>();
  /** Failures in a row, over all of its quota groups. */
  failures = 0;
  /** Which group succeeded last, and when (epoch milliseconds). */
  lastSuccessAt = -Infinity;
  since: number;
  reason: string | undefined;

  constructor(baseUrl: string | undefined, random: Random, now: number) {
    this.baseUrl = baseUrl;
    this.breaker = new Recovery(random);
    this.since = now;
  }
}
