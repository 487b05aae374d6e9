import type { KeyState } from '../keys/key-state.js';
import type { QuotaGroupState } from '../keys/quota-group-state.js';
import type { Reservation } from '../limits/limit-set.js';

/** A key given to a call. */
export interface Grant {
  readonly key: KeyState;
  readonly group: QuotaGroupState;
  /** What the group calls the model, for its limits. */
  readonly model: string;
  readonly reservation: Reservation;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** What this call probes, if anything: whether it works again. */
  readonly probesKey: boolean;
  readonly probesGroup: boolean;
  readonly probesEndpoint: boolean;
}
