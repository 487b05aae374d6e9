import type { Random } from '../random.js';

/** How long something that failed is left alone, and how that grows. */
export interface RecoveryTimes {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** A rate limit that names no time. */
export const COOLDOWN: RecoveryTimes = { firstMs: 1_000, longestMs: 60_000 };
/** An account without money, or whose day is used up, when the provider names no time. */
export const EXHAUSTION: RecoveryTimes = { firstMs: 300_000, longestMs: 3_600_000 };
/** A refused credential. */
export const QUARANTINE: RecoveryTimes = { firstMs: 300_000, longestMs: 3_600_000 };
/** An endpoint that fails, or a quota group that fails where its neighbours do not. */
export const OUTAGE: RecoveryTimes = { firstMs: 1_000, longestMs: 60_000 };

/** The wait differs by up to this share from its nominal length, so that many pools do not knock in step. */
const jitter = 0.2;

/**
 * Something that may be shut for a time: a quota group, a key, an endpoint. When the time is over one call
 * is let through to probe it; its success opens it, its failure shuts it for longer. Of two deadlines the
 * later one wins.
 */
export class Recovery {
  readonly #random: Random;
  /** Undefined while open: what never fails costs next to nothing. */
  #shut: { until: number; strikes: number; shutAt: number; probing: boolean } | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  get isOpen(): boolean {
    return this.#shut === undefined;
  }

  /** When a probe may go (epoch milliseconds); -Infinity while open. */
  get until(): number {
    return this.#shut?.until ?? -Infinity;
  }

  /** Earliest time a call may pass; Infinity while a probe is on its way. */
  freeAt(now: number): number {
    if (this.#shut === undefined) return now;
    return this.#shut.probing ? Infinity : this.#shut.until;
  }

  /** A call passes now. Returns true when it is the probe. */
  enter(): boolean {
    if (this.#shut === undefined) return false;
    this.#shut.probing = true;
    return true;
  }

  /**
   * Shuts, or shuts for longer. Failures of calls that were under way when it shut are one failure. Without
   * `forMs` the time doubles with each failed probe.
   */
  shut(times: RecoveryTimes, sentAt: number, now: number, forMs?: number): void {
    const shut = (this.#shut ??= { until: -Infinity, strikes: 0, shutAt: -Infinity, probing: false });
    if (sentAt >= shut.shutAt) {
      shut.strikes += 1;
      shut.shutAt = now;
    }
    const nominal = Math.min(times.longestMs, times.firstMs * 2 ** (shut.strikes - 1));
    const spread = nominal * (1 - jitter + 2 * jitter * this.#random());
    shut.until = Math.max(shut.until, now + Math.max(forMs ?? spread, 1));
  }

  /** Shuts until a moment that is known. */
  shutUntil(until: number, sentAt: number, now: number): void {
    this.shut({ firstMs: 1, longestMs: 1 }, sentAt, now, until - now);
  }

  /** A call that was sent at `sentAt` succeeded. Returns true when that opened it. */
  succeeded(sentAt: number): boolean {
    if (this.#shut === undefined || sentAt < this.#shut.shutAt || !this.#shut.probing) return false;
    this.open();
    return true;
  }

  /** The probe ended and said nothing: another may go. */
  probeEnded(): void {
    if (this.#shut !== undefined) this.#shut.probing = false;
  }

  /** Opens at once and forgets. */
  open(): void {
    this.#shut = undefined;
  }
}
