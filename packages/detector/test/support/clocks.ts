import type { Clock } from '../../src/clock.js';

/** A clock on which every sleep is over at once and moves the time by what was slept. */
export class LeapingClock implements Clock {
  readonly sleeps: number[] = [];

  constructor(public time = 0) {}

  now = (): number => this.time;
  monotonicMs = (): number => this.time;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    this.sleeps.push(ms);
    this.time += Math.max(0, ms);
    return Promise.resolve();
  }
}
