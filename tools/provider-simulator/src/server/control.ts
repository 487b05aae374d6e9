import { AccountLimits } from '../limits/account-limits.js';
import type { Account } from '../accounts/accounts.js';
import type { FaultOrder } from '../answers/faults.js';
import { delaySchema, limitSchema, type DelayOptions, type SimulatedLimit } from '../options.js';
import type { SimulatorState } from './state.js';

/** What a test or an operator does to the provider while it runs. Every method works at once, for the next call. */
export class SimulatorControl {
  readonly #state: SimulatorState;

  constructor(state: SimulatorState) {
    this.#state = state;
  }

  /** The key answers 401 from now on. @throws {UnknownNameError} */
  revoke(keyId: string): void {
    this.#state.accounts.key(keyId).revoked = true;
  }

  /** Takes `revoke` back. @throws {UnknownNameError} */
  restore(keyId: string): void {
    this.#state.accounts.key(keyId).revoked = false;
  }

  /** `exhausted`: no money (429 `insufficient_quota`); `disabled`: 403; `active`: back to normal. @throws {UnknownNameError} */
  setQuotaGroupState(quotaGroup: string, state: Account['state']): void {
    this.#state.accounts.quotaGroup(quotaGroup).state = state;
  }

  /** New limits, counted from zero. @throws {UnknownNameError} and zod's error for a limit that is none */
  setLimits(quotaGroup: string, limits: readonly SimulatedLimit[]): void {
    const account = this.#state.accounts.quotaGroup(quotaGroup);
    account.limits = new AccountLimits(
      limits.map((limit) => limitSchema.parse(limit)),
      this.#state.now(),
    );
  }

  setDelay(delay: DelayOptions): void {
    this.#state.delay = delaySchema.parse(delay);
  }

  /** While on, every call of a known key answers 503. */
  setOutage(on: boolean): void {
    this.#state.outage = on;
  }

  addFault(order: FaultOrder): void {
    this.#state.faults.add(order);
  }

  clearFaults(): void {
    this.#state.faults.clear();
  }
}
