import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_ALERTS, type AlertView } from '../live/live-state.js';
import { eventData } from './event-stream.js';
import { PeerError, type PeerClient } from './peer-client.js';
import { alertAnswer, alertsAnswer } from './upstream.js';

const RETRY_MS = 1_000;
/** The stream may break without a word, so the whole list is asked for this often. */
const REFRESH_MS = 10_000;

export interface AlertsFeedOptions {
  readonly client: PeerClient;
  readonly signal: AbortSignal;
  readonly onList: (alerts: readonly AlertView[]) => void;
  readonly onAlert: (alert: AlertView) => void;
  readonly onAway: (error: unknown) => void;
}

/** Follows the alerts role: its list, then each new or changed alert as it is raised. */
export async function followAlerts(options: AlertsFeedOptions): Promise<void> {
  const { client, signal, onList, onAlert, onAway } = options;
  const list = async () => onList(await client.json(`/v1/alerts?limit=${MAX_ALERTS}`, alertsAnswer, signal));
  while (!signal.aborted) {
    const round = new AbortController();
    const stop = () => round.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const refresh = setInterval(() => void list().catch((error) => round.abort(error)), REFRESH_MS);
    try {
      const events = await client.call('/v1/alerts/events', {
        signal: round.signal,
        stream: true,
      });
      if (events.statusCode !== 200) {
        await events.body.dump();
        throw new PeerError(`GET /v1/alerts/events answered ${events.statusCode}`);
      }
      // Only now: an alert raised between the two would be missed the other way round.
      await list();
      for await (const data of eventData(events.body, 'alert')) {
        const alert = alertAnswer.safeParse(parse(data));
        if (alert.success) onAlert(alert.data);
      }
      throw new PeerError('GET /v1/alerts/events ended');
    } catch (error) {
      if (!signal.aborted) onAway(error);
    } finally {
      clearInterval(refresh);
      signal.removeEventListener('abort', stop);
      round.abort();
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
