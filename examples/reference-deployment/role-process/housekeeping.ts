import { setInterval as ticks } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Health } from './health.js';

export interface HousekeepingOptions {
  /** What is done, by name; one after another, at once and then every `everyMs`. */
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
  readonly everyMs: number;
  readonly log: Pick<Logger, 'warn'>;
  readonly health: Pick<Health, 'set'>;
}

/** Does a role's chores until `signal` aborts. One that fails is a reason of the role's health until it succeeds again. */
export async function keepHouse(options: HousekeepingOptions, signal: AbortSignal): Promise<void> {
  const { chores, everyMs, log, health } = options;
  const round = async () => {
    for (const [name, chore] of Object.entries(chores)) {
      if (signal.aborted) return;
      try {
        await chore();
        health.set(name);
      } catch (error) {
        log.warn({ err: error, chore: name }, 'a chore failed; it is tried again');
        health.set(name, error instanceof Error ? error.message : String(error));
      }
    }
  };
  await round();
  try {
    for await (const _ of ticks(everyMs, undefined, { signal })) await round();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
