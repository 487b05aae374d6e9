import type { BurstLesson } from './burst-lesson.js';
import type { Counter } from './counter.js';

/** No more than this share of an interval is given up for delay on the way. */
const marginShare = 0.25;
/** Before the first call nobody knows how long the account has idled; taken for worth so many calls. */
const unknownIdle = 2;

/**
 * One call per interval, and after idling as many ahead of that as the idle time was worth and the provider
 * has shown to take. What went ahead is waited for afterwards: over a busy spell the pace stays even.
 */
export class EvenPace implements Counter {
  #intervalMs: number;
  #lesson: BurstLesson;
  /** When everything sent so far, evenly spaced, is over. The provider's bucket is full then. */
  #paidUntil = -Infinity;
  /** What the idle time before this busy spell was worth, in calls, and how many have gone since. */
  #credit = 0;
  #spent = 0;

  constructor(amount: number, periodMs: number, lesson: BurstLesson) {
    this.#intervalMs = periodMs / amount;
    this.#lesson = lesson;
  }

  freeAt(amount: number, now: number): number {
    const evenAt = this.#paidUntil - this.#lesson.slack * this.#intervalMs;
    const after = this.#spent + amount;
    if (now >= evenAt || after > this.#credit) return evenAt;
    const limit = this.#lesson.limitFor(this);
    // The bucket was full when this spell began, so that many go however late they arrive.
    if (after <= limit) return now;
    return this.#paidUntil - Math.max(0, limit - amount) * this.#intervalMs;
  }

  /** Returns how many calls at once the provider must take for this one to be answered; negative for a trial. */
  take(amount: number, now: number, marginMs: number): number {
    if (now >= this.#paidUntil) {
      const idle = this.#paidUntil === -Infinity ? unknownIdle : (now - this.#paidUntil) / this.#intervalMs;
      this.#credit = Math.min(this.#lesson.most, 1 + idle);
      this.#spent = 0;
    }
    this.#spent += amount;
    const owed = Math.max(0, this.#paidUntil - now) / this.#intervalMs;
    const depth = Math.min(this.#spent, owed + amount);
    const arrival = now + Math.min(marginMs, marginShare * this.#intervalMs);
    this.#paidUntil = Math.max(this.#paidUntil, arrival) + amount * this.#intervalMs;
    // A burst that arrives late as a whole must not meet the even pace that follows it.
    if (this.#spent > 1 && this.#spent - amount <= 1 && owed > this.#lesson.slack)
      this.#paidUntil += Math.min(marginMs, this.#intervalMs);
    return this.#lesson.sent(this, depth) ? -depth : depth;
  }

  give(): void {
    // A request that was sent was counted by the provider, whatever became of it.
  }

  arriveBy(amount: number, latest: number, sentAt: number): void {
    const arrival = Math.min(latest, sentAt + marginShare * this.#intervalMs);
    this.#paidUntil = Math.max(this.#paidUntil, arrival + amount * this.#intervalMs);
  }

  /** A call that was taken under this mark has ended. Returns whether the lesson went on. */
  ended(mark: number, answered: boolean | undefined): boolean {
    return this.#lesson.ended(this, Math.abs(mark), mark < 0, answered);
  }

  remaining(now: number): number {
    if (this.#paidUntil === -Infinity) return 1;
    const idle = Math.max(0, now - this.#paidUntil) / this.#intervalMs;
    if (idle === 0) return this.#spent < this.#credit && this.freeAt(1, now) <= now ? 1 : 0;
    return Math.max(1, Math.floor(Math.min(this.#lesson.proven, 1 + idle)));
  }

  retune(amount: number, periodMs: number, lesson: BurstLesson, now: number): void {
    const owed = Math.max(0, this.#paidUntil - now) / this.#intervalMs;
    this.#intervalMs = periodMs / amount;
    this.#paidUntil = now + owed * this.#intervalMs;
    this.#credit = 0;
    this.#lesson = lesson;
  }
}
