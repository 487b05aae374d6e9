import { Recovery } from '../outcome/recovery.js';
import type { Random } from '../random.js';
import type { KeyView } from '../strategies/strategy.js';
import type { KeyConfig, KeySource } from './key-config.js';
import type { QuotaGroupState } from './quota-group-state.js';

/** One key and what became of it. The secret stays in a private field, out of reach of logs and dumps. */
export class KeyState implements KeyView {
  readonly id: string;
  readonly slot: number;
  readonly source: KeySource;
  readonly quarantine: Recovery;
  group: QuotaGroupState;
  weight = 1;
  /** By configuration. */
  enabled = true;
  /** By an operator: outlives changes of the configuration. */
  disabled = false;
  /** Removed from the pool; the last calls are finishing. */
  draining = false;
  inFlight = 0;
  calls = 0;
  succeeded = 0;
  rateLimited = 0;
  otherFailures = 0;
  lastUsedAt = 0;
  /** When the key's own state last changed. */
  since: number;
  /** Why it is quarantined. */
  reason: string | undefined;
  #secret = '';
  #headers: Readonly<Record<string, string>> | undefined;

  constructor(
    config: KeyConfig,
    slot: number,
    source: KeySource,
    group: QuotaGroupState,
    random: Random,
    now: number,
  ) {
    this.id = config.id;
    this.slot = slot;
    this.source = source;
    this.group = group;
    this.quarantine = new Recovery(random);
    this.since = now;
    this.configure(config);
  }

  get quotaGroup(): string {
    return this.group.id;
  }

  get secret(): string {
    return this.#secret;
  }

  /** Takes over a changed configuration. A new secret starts with a clean record. */
  configure(config: KeyConfig): void {
    if (config.secret !== this.#secret) {
      this.#secret = config.secret;
      this.#headers = undefined;
      this.quarantine.open();
      this.reason = undefined;
    }
    this.weight = config.weight ?? 1;
    this.enabled = config.enabled ?? true;
  }

  headers(
    credential: (secret: string) => Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> {
    return (this.#headers ??= Object.freeze({ ...credential(this.#secret) }));
  }

  /** Whether calls may use it now, whatever its group says. */
  mayServe(now: number): boolean {
    return this.enabled && !this.disabled && !this.draining && this.quarantine.freeAt(now) <= now;
  }
}
