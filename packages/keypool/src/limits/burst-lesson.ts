/** A quarter above one call, so that a timer's lateness is caught up and no rate is lost to it. */
const evenBurst = 1.25;
/** Where even that is refused. */
const strictBurst = 1.02;

/**
 * How many calls at once a provider takes that nobody asked about bursts, learned from its answers alone. It
 * starts at an even pace. When calls wait and the account has idled, one account at a time sends ahead of
 * that pace, two more than proven or twice as many; what was answered is proven for all accounts with this limit. A
 * refusal ends the lesson: what was proven before it stays, and nothing more is tried.
 *
 * Never more than one second's worth, which every window and sub-window of a second or longer allows anyway.
 */
export class BurstLesson {
  #proven = evenBurst;
  #most: number;
  /** Who tries, and how many of its calls are on their way. */
  #pupil: object | undefined;
  #onTheWay = 0;

  constructor(inOneSecond: number) {
    this.#most = Math.max(evenBurst, inOneSecond);
  }

  get proven(): number {
    return this.#proven;
  }

  /** The most that could ever go at once. */
  get most(): number {
    return this.#most;
  }

  /** How far ahead of its even pace a call may always go, in calls. */
  get slack(): number {
    return Math.min(evenBurst, this.#proven) - 1;
  }

  /** How many calls at once this account may send now. */
  limitFor(account: object): number {
    if (this.#pupil !== undefined && this.#pupil !== account) return this.#proven;
    const whole = Math.floor(this.#proven);
    return Math.min(this.#most, Math.max(whole + 2, 2 * whole));
  }

  /** A call goes that only a provider with room for `depth` at once takes. Returns whether that is a trial. */
  sent(account: object, depth: number): boolean {
    if (depth <= this.#proven) return false;
    this.#pupil = account;
    this.#onTheWay += 1;
    return true;
  }

  /**
   * A call has ended. With `answered` undefined that said nothing about how many the provider takes. Returns
   * whether more or fewer may go now than before.
   */
  ended(account: object, depth: number, wasTrial: boolean, answered: boolean | undefined): boolean {
    const before = this.#proven;
    if (answered === true) this.#proven = Math.max(this.#proven, Math.min(depth, this.#most));
    if (answered === false && depth > strictBurst) {
      this.#most = depth <= evenBurst ? strictBurst : Math.max(evenBurst, Math.min(this.#proven, depth - 1));
      this.#proven = this.#most;
    }
    if (wasTrial && this.#pupil === account) {
      this.#onTheWay -= 1;
      if (this.#onTheWay === 0) this.#pupil = undefined;
    }
    return this.#proven !== before;
  }
}
