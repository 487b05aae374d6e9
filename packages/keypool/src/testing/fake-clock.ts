import { Heap } from '../admission/heap.js';
import type { Clock } from '../clock.js';

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Timers that are set and have not fired. */
  readonly pending: number;
  /**
   * Goes on by `ms`, firing each timer at its time. Between two of them everything that promises lead to is
   * let happen, so that what one sets in motion is there when the next one fires.
   */
  advance(ms: number): Promise<void>;
  /** Goes on to the next timer, if there is one. Returns whether there was. */
  next(): Promise<boolean>;
}

interface FakeTimer {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
  index: number;
}

/** @param startAt Epoch milliseconds. Default: 2026-01-01 UTC. */
export function createFakeClock(startAt = Date.UTC(2026, 0, 1)): FakeClock {
  let now = startAt;
  let order = 0;
  const timers = new Heap<FakeTimer>(
    (a, b) => (a.at === b.at ? a.order < b.order : a.at < b.at),
    (timer, index) => {
      timer.index = index;
    },
  );
  const fireUntil = async (until: number) => {
    await settled();
    for (let top = timers.top; top !== undefined && top.at <= until; top = timers.top) {
      timers.removeAt(0);
      now = Math.max(now, top.at);
      top.action();
      await settled();
    }
  };
  return {
    now: () => now,
    after: (delayMs, action) => {
      const timer: FakeTimer = { at: now + Math.max(0, delayMs), order: (order += 1), action, index: -1 };
      timers.push(timer);
      return {
        cancel: () => {
          if (timer.index >= 0) timers.removeAt(timer.index);
        },
      };
    },
    get pending() {
      return timers.size;
    },
    advance: async (ms) => {
      const until = now + ms;
      await fireUntil(until);
      now = until;
    },
    next: async () => {
      const at = timers.top?.at;
      if (at !== undefined) await fireUntil(at);
      return at !== undefined;
    },
  };
}

/** Lets everything happen that promises alone can make happen. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
