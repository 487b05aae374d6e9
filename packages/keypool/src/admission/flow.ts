import { Heap } from './heap.js';
import type { Waiter } from './waiting-line.js';

/** Calls without a deadline stand in line as if theirs were this far away: nobody starves behind later ones. */
const standInDeadlineMs = 30_000;

/** The waiting calls of one fairness key in one priority class: the earliest deadline first, then who came first. */
export class Flow<W extends Waiter> {
  readonly key: string | undefined;
  readonly priority: number;
  readonly waiters = new Heap<W>(isDueBefore, (waiter, index) => {
    waiter.place = index;
  });
  /** Where the next call of this flow begins, in the virtual time of its class; the lowest goes first. */
  startsAt: number;
  /** Comes after everyone who waits in this flow now, even if it has left itself. */
  last: W | undefined;
  /** Its index among the flows of the line, or among those of its class in which nobody waits; else -1. */
  place = -1;
  idlePlace = -1;

  constructor(key: string | undefined, priority: number, startsAt: number) {
    this.key = key;
    this.priority = priority;
    this.startsAt = startsAt;
  }
}

/** Which of two flows goes first. */
export function goesFirst<W extends Waiter>(a: Flow<W>, b: Flow<W>): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.startsAt !== b.startsAt) return a.startsAt < b.startsAt;
  return isDueBefore(a.waiters.top!, b.waiters.top!);
}

export function isDueBefore(a: Waiter, b: Waiter): boolean {
  const dueA = dueAt(a);
  const dueB = dueAt(b);
  return dueA === dueB ? a.sequence < b.sequence : dueA < dueB;
}

function dueAt({ call, arrivedAt }: Waiter): number {
  return call.deadline === Infinity ? arrivedAt + standInDeadlineMs : call.deadline;
}
