import type { ResolvedCall } from '../call-options.js';
import type { KeyState } from '../keys/key-state.js';
import { Flow, goesFirst, isDueBefore } from './flow.js';
import { Heap } from './heap.js';

/** A call that waits for a key. */
export interface Waiter {
  readonly call: ResolvedCall;
  /** Tell it apart from another try of the same call. */
  readonly avoid: KeyState | undefined;
  readonly arrivedAt: number;
  /** Order among equals. */
  readonly sequence: number;
  /** Its indexes in the heaps of its flow and of the line; -1 when it is not in them. */
  place: number;
  expiryPlace: number;
}

/** Everyone of one priority. Its virtual time is where the flow served last began. */
interface PriorityClass<W extends Waiter> {
  readonly flows: Map<string | undefined, Flow<W>>;
  /** Flows in which nobody waits, remembered until the virtual time has passed what they were served. */
  readonly idle: Heap<Flow<W>>;
  size: number;
  time: number;
}

/**
 * The waiting calls of one lane. Priority first; inside a priority fair shares between fairness keys, by what
 * their calls cost (start-time fair queueing, Goyal, Vin and Cheng, 1996); inside a fairness key the earliest
 * deadline, then who came first. Calls that name no fairness key have one in common.
 */
export class WaitingLine<W extends Waiter> {
  readonly #flows = new Heap<Flow<W>>(goesFirst, (flow, index) => {
    flow.place = index;
  });
  readonly #classes = new Map<number, PriorityClass<W>>();
  readonly #expiry = new Heap<W>(
    (a, b) => a.call.deadline < b.call.deadline,
    (waiter, index) => {
      waiter.expiryPlace = index;
    },
  );
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): W | undefined {
    return this.#flows.top?.waiters.top;
  }

  /** The waiter whose deadline comes first; undefined when none has one. */
  get firstToExpire(): W | undefined {
    return this.#expiry.top;
  }

  /** How many are sure to go before a newcomer: those of higher priority, and of its own flow if it comes last. */
  aheadOf(newcomer: W): number {
    const { priority, fairnessKey } = newcomer.call;
    let ahead = 0;
    for (const [other, { size }] of this.#classes) if (other > priority) ahead += size;
    const flow = this.#classes.get(priority)?.flows.get(fairnessKey);
    const comesLast = flow?.last !== undefined && isDueBefore(flow.last, newcomer);
    return comesLast ? ahead + flow.waiters.size : ahead;
  }

  add(waiter: W): void {
    const ofPriority = this.#classOf(waiter);
    const flow = this.#flowOf(waiter, ofPriority);
    if (flow.waiters.size === 0 || flow.last === undefined || isDueBefore(flow.last, waiter))
      flow.last = waiter;
    flow.waiters.push(waiter);
    if (flow.place < 0) {
      if (flow.idlePlace >= 0) ofPriority.idle.removeAt(flow.idlePlace);
      flow.startsAt = Math.max(flow.startsAt, ofPriority.time);
      this.#flows.push(flow);
    } else this.#flows.moved(flow.place);
    if (waiter.call.deadline !== Infinity) this.#expiry.push(waiter);
    ofPriority.size += 1;
    this.#size += 1;
  }

  /** The waiter has got its key: its flow has had so much of its share. */
  serve(waiter: W): void {
    const ofPriority = this.#classOf(waiter);
    const flow = this.#flowOf(waiter, ofPriority);
    ofPriority.time = Math.max(ofPriority.time, flow.startsAt);
    flow.startsAt += shareOf(waiter.call);
    this.remove(waiter);
    const { idle, time, flows } = ofPriority;
    for (let past = idle.top; past !== undefined && past.startsAt <= time; past = idle.top) {
      idle.removeAt(0);
      flows.delete(past.key);
    }
  }

  /** Whoever left already is left alone. */
  remove(waiter: W): void {
    if (waiter.expiryPlace >= 0) this.#expiry.removeAt(waiter.expiryPlace);
    if (waiter.place < 0) return;
    const ofPriority = this.#classOf(waiter);
    const flow = this.#flowOf(waiter, ofPriority);
    flow.waiters.removeAt(waiter.place);
    ofPriority.size -= 1;
    this.#size -= 1;
    if (flow.waiters.size > 0) this.#flows.moved(flow.place);
    else {
      this.#flows.removeAt(flow.place);
      ofPriority.idle.push(flow);
    }
    // Nobody waits: nobody has been kept from anything, and what was served before is forgotten.
    if (ofPriority.size === 0) this.#classes.delete(waiter.call.priority);
  }

  *[Symbol.iterator](): IterableIterator<W> {
    for (const flow of this.#flows) yield* flow.waiters;
  }

  #classOf({ call: { priority } }: W): PriorityClass<W> {
    let ofPriority = this.#classes.get(priority);
    if (ofPriority === undefined) {
      const idle = new Heap<Flow<W>>(
        (a, b) => a.startsAt < b.startsAt,
        (flow, index) => {
          flow.idlePlace = index;
        },
      );
      ofPriority = { flows: new Map(), idle, size: 0, time: 0 };
      this.#classes.set(priority, ofPriority);
    }
    return ofPriority;
  }

  #flowOf({ call: { fairnessKey, priority } }: W, { flows, time }: PriorityClass<W>): Flow<W> {
    let flow = flows.get(fairnessKey);
    if (flow === undefined) flows.set(fairnessKey, (flow = new Flow(fairnessKey, priority, time)));
    return flow;
  }
}

/** What a call takes of the pool: its tokens where it names any, else one. */
function shareOf({ cost: { inputTokens, outputTokens } }: ResolvedCall): number {
  return inputTokens + outputTokens || 1;
}
