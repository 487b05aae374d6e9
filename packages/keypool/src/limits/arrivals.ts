import type { QuotaGroupState } from '../keys/quota-group-state.js';
import type { Cost } from './limit.js';
import type { Reservation } from './limit-set.js';
import { coldMs, SendMargin, warmMs } from './send-margin.js';

/** On top of the process's own delay, for a connection that is opened. */
const connectMs = 60;
/** The other side of a busy machine is as late again by half. */
const lateness = 1.5;

interface Sent extends Cost {
  reservation: Reservation;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  images: number;
}

/**
 * When calls are counted by the provider, as far as can be told from here. Each is given a margin when it is
 * sent. How long the process then took until it could turn to anything else says whether that was enough: a
 * busy one writes late, and opens connections later still; whoever reckons without that is refused at the
 * seam, once per account, right after the start.
 */
export class Arrivals {
  readonly #margin = new SendMargin();
  readonly #sent = new Map<QuotaGroupState, Sent>();
  #since = 0;
  #cold = false;

  /** Calls were sent of which it is not known yet how late they left. */
  get pending(): boolean {
    return this.#sent.size > 0;
  }

  /** How late a call that goes now may be counted, with `inFlight` calls in flight including it. */
  marginMs(now: number, inFlight: number): number {
    return this.#margin.of(now, inFlight);
  }

  sent(group: QuotaGroupState, reservation: Reservation, marginMs: number, now: number): void {
    if (this.#sent.size === 0) {
      this.#since = now;
      this.#cold = false;
    }
    if (marginMs > warmMs) this.#cold = true;
    const { cost } = reservation;
    const before = this.#sent.get(group);
    if (before === undefined) {
      this.#sent.set(group, { reservation, ...cost });
      return;
    }
    before.reservation = reservation;
    before.requests += cost.requests;
    before.inputTokens += cost.inputTokens;
    before.outputTokens += cost.outputTokens;
    before.images += cost.images;
  }

  /**
   * The process has turned to other things: whatever was sent has left. Returns the groups of which more has
   * to be allowed for than was.
   */
  left(now: number): readonly QuotaGroupState[] {
    const delayMs = lateness * (now - this.#since) + (this.#cold ? connectMs : 0);
    const late = delayMs > (this.#cold ? coldMs : warmMs);
    const groups: QuotaGroupState[] = [];
    if (late) {
      for (const [group, sent] of this.#sent) {
        group.limits.arriveBy(sent.reservation, sent, this.#since + delayMs, this.#since);
        groups.push(group);
      }
    }
    this.#sent.clear();
    return groups;
  }
}
