import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Health } from '../../role-process/health.js';
import { retryDelayMs } from './backoff.js';
import { DeliveryError, type Channel } from './channels/channel.js';
import type { Delivery, DeliveryQueue } from './delivery-queue.js';

/** Longer than any attempt lasts, its wait for the rate limit included. */
const LEASE_MS = 45_000;
/** After this long without an acknowledgement an alert is given up for that channel. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
const IDLE_MS = 30_000;
const AFTER_DATABASE_FAULT_MS = 1_000;
/** One refusal is a hiccup; so many in a row are a reason to look. */
const UNHEALTHY_AFTER = 3;

export type DeliveryOutcome = 'delivered' | 'failed' | 'abandoned';

export interface DispatcherOptions {
  readonly queue: DeliveryQueue;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly health: Pick<Health, 'set'>;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly now: () => number;
  readonly random: () => number;
  readonly onOutcome: (channel: string, outcome: DeliveryOutcome) => void;
}

/** Brings every due alert to its channels, each channel at its own pace, until it is acknowledged or given up. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #failuresInRow = new Map<string, number>();
  #wakes = 0;
  #wake = new AbortController();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** New alerts are in the queue. */
  wake(): void {
    this.#wakes++;
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** Works until `signal` aborts; what is under way then is broken off and resumed at the next start. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#options.channels.values()].map((channel) => this.#serve(channel, signal)));
  }

  async #serve(channel: Channel, signal: AbortSignal): Promise<void> {
    const { queue, now, health } = this.#options;
    const underWay = new Set<Promise<void>>();
    const begin = (delivery: Delivery) => {
      const attempt = this.#attempt(channel, delivery, signal)
        .catch((error: unknown) => this.#outOfReach(channel, error, signal))
        .finally(() => underWay.delete(attempt));
      underWay.add(attempt);
    };
    while (!signal.aborted) {
      const wakesBefore = this.#wakes;
      let restMs = AFTER_DATABASE_FAULT_MS;
      try {
        const room = channel.batch - underWay.size;
        if (room > 0) (await queue.take(channel.name, now(), LEASE_MS, room)).forEach(begin);
        restMs = ((await queue.nextDue(channel.name)) ?? Infinity) - now();
        health.set(`deliveries to ${channel.name}`);
      } catch (error) {
        this.#outOfReach(channel, error, signal);
      }
      const isFull = underWay.size >= channel.batch;
      if (isFull) await Promise.race(underWay);
      else if (this.#wakes === wakesBefore) await this.#rest(restMs, underWay, signal);
    }
    await Promise.all(underWay);
  }

  async #attempt(channel: Channel, { alert, attempt }: Delivery, signal: AbortSignal): Promise<void> {
    const { queue, now, random, log, onOutcome } = this.#options;
    try {
      await channel.deliver(alert, { signal });
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#noteFailure(channel.name, reason);
      const told = error instanceof DeliveryError ? error.retryAfterMs : undefined;
      const nextAttemptAt = now() + retryDelayMs(attempt, random, told);
      if (nextAttemptAt - Date.parse(alert.raisedAt) > GIVE_UP_AFTER_MS) {
        await queue.abandoned(alert.taskId, channel.name, reason, now());
        log.error({ taskId: alert.taskId, channel: channel.name, attempt, reason }, 'alert given up');
        onOutcome(channel.name, 'abandoned');
      } else {
        await queue.failed(alert.taskId, channel.name, reason, nextAttemptAt);
        log.warn({ taskId: alert.taskId, channel: channel.name, attempt, reason }, 'alert not delivered');
        onOutcome(channel.name, 'failed');
      }
      return;
    }
    await queue.delivered(alert.taskId, channel.name, now());
    this.#noteSuccess(channel.name);
    onOutcome(channel.name, 'delivered');
  }

  #noteFailure(channel: string, reason: string): void {
    const failures = (this.#failuresInRow.get(channel) ?? 0) + 1;
    this.#failuresInRow.set(channel, failures);
    if (failures >= UNHEALTHY_AFTER) {
      this.#options.health.set(`channel ${channel}`, `${failures} attempts in a row failed, last: ${reason}`);
    }
  }

  #noteSuccess(channel: string): void {
    this.#failuresInRow.delete(channel);
    this.#options.health.set(`channel ${channel}`);
  }

  #outOfReach(channel: Channel, error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { log, health } = this.#options;
    log.error({ err: error, channel: channel.name }, 'the queue of deliveries is out of reach');
    health.set(`deliveries to ${channel.name}`, 'the database does not answer');
  }

  /** Until so much time has passed, an attempt has ended, somebody wakes us, or it is time to stop. */
  async #rest(ms: number, underWay: ReadonlySet<Promise<void>>, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const ended = AbortSignal.any([signal, this.#wake.signal, over.signal]);
    const sleeping = sleep(Math.max(0, Math.min(ms, IDLE_MS)), undefined, { signal: ended }).catch(() => {});
    await Promise.race([...underWay, sleeping]);
    over.abort();
  }
}
