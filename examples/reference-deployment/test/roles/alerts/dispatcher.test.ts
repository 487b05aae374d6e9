import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Health } from '../../../role-process/health.js';
import type { Alert } from '../../../roles/alerts/alert.js';
import { AlertTable } from '../../../roles/alerts/alert-table.js';
import { DeliveryError, type Channel } from '../../../roles/alerts/channels/channel.js';
import { DeliveryQueue } from '../../../roles/alerts/delivery-queue.js';
import { Dispatcher } from '../../../roles/alerts/dispatcher.js';
import { openRoleDatabase } from '../../database/role-database.js';
import { sourceOf, verdict } from '../results.js';

let opened: Awaited<ReturnType<typeof openRoleDatabase>>;
beforeAll(async () => {
  opened = await openRoleDatabase('alerts');
}, 60_000);
afterAll(() => opened.close());

let now: number;
let table: AlertTable;
let health: Health;
let outcomes: string[];
let stop: AbortController;
let running: Promise<void>;
beforeEach(async () => {
  await opened.database.execute('TRUNCATE alert_verdicts, alerts, alert_deliveries');
  now = Date.parse('2026-05-01T08:30:02Z');
  table = new AlertTable(opened.database, [{ name: 'all', minLevel: 'low', channels: ['pager'] }], () => now);
  health = new Health();
  outcomes = [];
  stop = new AbortController();
  running = Promise.resolve();
});
afterEach(async () => {
  stop.abort();
  await running;
});

let offset = 0;
const raise = async () => {
  const result = verdict();
  await table.claim([{ result, source: sourceOf(offset++) }]);
  return result.requestId;
};

/** A dispatcher with one channel, `pager`, whose receiver is `deliver`. */
function start(deliver: (alert: Alert, signal: AbortSignal) => Promise<void>): Dispatcher {
  const pager: Channel = {
    name: 'pager',
    batch: 4,
    deliver: (alert, { signal }) => deliver(alert, signal),
    close: () => Promise.resolve(),
  };
  const dispatcher = new Dispatcher({
    queue: new DeliveryQueue(opened.database),
    channels: new Map([['pager', pager]]),
    health,
    log: pino({ enabled: false }),
    now: () => now,
    random: () => 0,
    onOutcome: (channel, outcome) => outcomes.push(`${channel} ${outcome}`),
  });
  running = dispatcher.run(stop.signal);
  return dispatcher;
}

describe('Dispatcher', () => {
  it('brings what waited and what comes, each once', async () => {
    const received: string[] = [];
    const waiting = await raise();
    const dispatcher = start((alert) => {
      received.push(alert.taskId);
      return Promise.resolve();
    });
    await expect.poll(() => outcomes).toEqual(['pager delivered']);
    const coming = await raise();
    dispatcher.wake();
    await expect.poll(() => outcomes).toHaveLength(2);
    expect(received).toEqual([waiting, coming]);
  });

  it('comes again with the same task id after its backoff, and says that a channel is ill until it is not', async () => {
    const received: string[] = [];
    let ill = true;
    const taskId = await raise();
    const dispatcher = start((alert) => {
      received.push(alert.taskId);
      return ill ? Promise.reject(new DeliveryError('answered 500')) : Promise.resolve();
    });
    for (const attempt of [1, 2, 3]) {
      await expect.poll(() => outcomes).toEqual(Array(attempt).fill('pager failed'));
      expect(health.ready).toBe(attempt < 3);
      now += 60_000;
      if (attempt === 3) ill = false;
      dispatcher.wake();
    }
    await expect.poll(() => outcomes.at(-1)).toBe('pager delivered');
    expect(received).toEqual([taskId, taskId, taskId, taskId]);
    expect(health.ready).toBe(true);
  });

  it('lets one that hangs hold up nobody', async () => {
    const hanging = await raise();
    const others = [await raise(), await raise(), await raise(), await raise(), await raise()];
    const received: string[] = [];
    start((alert, signal) => {
      if (alert.taskId !== hanging) {
        received.push(alert.taskId);
        return Promise.resolve();
      }
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    });
    await expect.poll(() => received.length).toBe(others.length);
    expect(received.sort()).toEqual(others.sort());
  });

  it('gives an alert up after a day, with the reason', async () => {
    const taskId = await raise();
    now += 24 * 3_600_000;
    start(() => Promise.reject(new DeliveryError('answered 401')));
    await expect.poll(() => outcomes).toEqual(['pager abandoned']);
    const [row] = await opened.database.query(
      'SELECT state, last_error FROM alert_deliveries WHERE task_id = $1',
      [taskId],
    );
    expect(row).toEqual({ state: 'abandoned', last_error: 'answered 401' });
  });

  it('breaks off at a stop, and the next start resumes with the same task id', async () => {
    const taskId = await raise();
    const begun = new Promise<void>((resolve) => {
      start((_alert, signal) => {
        resolve();
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      });
    });
    await begun;
    stop.abort(new Error('stopping'));
    await running;
    expect(outcomes).toEqual([]);

    stop = new AbortController();
    await new DeliveryQueue(opened.database).release();
    const received: string[] = [];
    start((alert) => {
      received.push(alert.taskId);
      return Promise.resolve();
    });
    await expect.poll(() => outcomes).toEqual(['pager delivered']);
    expect(received).toEqual([taskId]);
  });
});
