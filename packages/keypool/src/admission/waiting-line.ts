import type { ResolvedCall } from '../call-options.js';
import type { KeyState } from '../keys/key-state.js';
import { Heap } from './heap.js';

/** Calls without a deadline stand in line as if theirs were this far away: nobody starves behind later ones. */
const standInDeadlineMs = 30_000;

/** A call that waits for a key. */
export interface Waiter {
  readonly call: ResolvedCall;
  /** Tell it apart from another try of the same call. */
  readonly avoid: KeyState | undefined;
  readonly arrivedAt: number;
  /** Order among equals. */
  readonly sequence: number;
  /** Its indexes in the two heaps below; -1 when it is not in them. */
  place: number;
  expiryPlace: number;
}

/** The waiting calls of one lane: priority first, then the earliest deadline, then who came first. */
export class WaitingLine<W extends Waiter> {
  readonly #order = new Heap<W>(goesBefore, (waiter, index) => {
    waiter.place = index;
  });
  readonly #expiry = new Heap<W>(
    (a, b) => a.call.deadline < b.call.deadline,
    (waiter, index) => {
      waiter.expiryPlace = index;
    },
  );

  /** Comes after everyone who waits now, even if it has left itself. */
  #last: W | undefined;

  get size(): number {
    return this.#order.size;
  }

  get first(): W | undefined {
    return this.#order.top;
  }

  /** The waiter whose deadline comes first; undefined when none has one. */
  get firstToExpire(): W | undefined {
    return this.#expiry.top;
  }

  /** How many are sure to go before a newcomer: all, when it comes after the last of them. */
  aheadOf(newcomer: W): number {
    return this.#last !== undefined && goesBefore(this.#last, newcomer) ? this.size : 0;
  }

  add(waiter: W): void {
    if (this.size === 0 || this.#last === undefined || goesBefore(this.#last, waiter)) this.#last = waiter;
    this.#order.push(waiter);
    if (waiter.call.deadline !== Infinity) this.#expiry.push(waiter);
  }

  /** Whoever left already is left alone. */
  remove(waiter: W): void {
    if (waiter.place >= 0) this.#order.removeAt(waiter.place);
    if (waiter.expiryPlace >= 0) this.#expiry.removeAt(waiter.expiryPlace);
  }

  [Symbol.iterator](): IterableIterator<W> {
    return this.#order[Symbol.iterator]();
  }
}

function goesBefore(a: Waiter, b: Waiter): boolean {
  if (a.call.priority !== b.call.priority) return a.call.priority > b.call.priority;
  const dueA = dueAt(a);
  const dueB = dueAt(b);
  return dueA === dueB ? a.sequence < b.sequence : dueA < dueB;
}

function dueAt({ call, arrivedAt }: Waiter): number {
  return call.deadline === Infinity ? arrivedAt + standInDeadlineMs : call.deadline;
}
