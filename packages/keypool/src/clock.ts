/** A running timer; `cancel` after it fired does nothing. */
export interface ClockTimer {
  cancel(): void;
}

/** Where the pool gets time from. `createFakeClock()` in `@riskwatch/keypool/testing` is the other one. */
export interface Clock {
  /** Epoch milliseconds, fractions allowed. Must never run backwards. */
  now(): number;
  /** Calls `action` once, not before `delayMs` from now. Must not keep the process alive by itself. */
  after(delayMs: number, action: () => void): ClockTimer;
}

/** Longest delay that Node's timers take; the pool arms again when one this long fires. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * The system's clock: monotonic (a jump of the wall clock cannot open or shut a window), but counted
 * from the epoch at process start. Its timers are referenced only while calls wait for them: a pending
 * call is work, and work keeps the process alive.
 */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, Math.min(longestDelayMs, Math.max(1, Math.ceil(delayMs))));
    return { cancel: () => clearTimeout(timer) };
  },
};
