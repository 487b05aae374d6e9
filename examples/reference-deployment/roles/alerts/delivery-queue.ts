import type { Database } from '../../database/database.js';
import type { Alert } from './alert.js';
import { alertOfRow, type AlertRow } from './alert-table.js';

/** One alert due at one channel; the attempt now beginning is number `attempt`. */
export interface Delivery {
  readonly alert: Alert;
  readonly attempt: number;
}

export interface Backlog {
  readonly channel: string;
  readonly pending: number;
  readonly oldestRaisedAt: Date;
}

/** Which alert has still to reach which channel, in the database. */
export class DeliveryQueue {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Takes up to `limit` due deliveries of a channel, the longest due first, for `leaseMs` milliseconds: who takes them
   * says how they ended before that; later they count as broken off and can be taken again.
   */
  async take(channel: string, now: number, leaseMs: number, limit: number): Promise<Delivery[]> {
    const rows = await this.#database.transaction((connection) =>
      connection.query<AlertRow & { attempts: number }>(
        `WITH due AS (
           SELECT task_id, channel FROM alert_deliveries
           WHERE channel = $1 AND state = 'pending' AND next_attempt_at <= $2
             AND (taken_until IS NULL OR taken_until <= $2)
           ORDER BY next_attempt_at LIMIT $4 FOR UPDATE SKIP LOCKED),
         taken AS (
           UPDATE alert_deliveries d SET taken_until = $3, attempts = d.attempts + 1 FROM due
           WHERE d.task_id = due.task_id AND d.channel = due.channel RETURNING d.task_id, d.attempts)
         SELECT alerts.*, taken.attempts FROM taken JOIN alerts USING (task_id) ORDER BY alerts.raised_at, task_id`,
        [channel, new Date(now), new Date(now + leaseMs), limit],
      ),
    );
    return rows.map((row) => ({ alert: alertOfRow(row), attempt: row.attempts }));
  }

  /** The receiver has acknowledged. */
  async delivered(taskId: string, channel: string, now: number): Promise<void> {
    await this.#write(
      `UPDATE alert_deliveries SET state = 'delivered', ended_at = $3, last_error = NULL
       WHERE task_id = $1 AND channel = $2`,
      [taskId, channel, new Date(now)],
    );
  }

  /** It has not; to be tried again at `nextAttemptAt`. */
  async failed(taskId: string, channel: string, error: string, nextAttemptAt: number): Promise<void> {
    await this.#write(
      `UPDATE alert_deliveries SET next_attempt_at = $3, taken_until = NULL, last_error = $4
       WHERE task_id = $1 AND channel = $2 AND state = 'pending'`,
      [taskId, channel, new Date(nextAttemptAt), error],
    );
  }

  /** It has not, for too long. */
  async abandoned(taskId: string, channel: string, error: string, now: number): Promise<void> {
    await this.#write(
      `UPDATE alert_deliveries SET state = 'abandoned', ended_at = $3, last_error = $4
       WHERE task_id = $1 AND channel = $2 AND state = 'pending'`,
      [taskId, channel, new Date(now), error],
    );
  }

  /** For a start: what an ended process had taken can be taken again at once. */
  async release(): Promise<void> {
    await this.#write("UPDATE alert_deliveries SET taken_until = NULL WHERE state = 'pending'", []);
  }

  /** Gives up what waits for channels that the deployment no longer has; answers how many. */
  async abandonOthers(channels: readonly string[], now: number): Promise<number> {
    const rows = await this.#database.transaction((connection) =>
      connection.query(
        `UPDATE alert_deliveries SET state = 'abandoned', ended_at = $2, last_error = 'the channel is no longer configured'
         WHERE state = 'pending' AND channel <> ALL ($1::text[]) RETURNING 1 AS gone`,
        [channels, new Date(now)],
      ),
    );
    return rows.length;
  }

  /** When the next delivery of a channel is due; undefined where none waits. */
  async nextDue(channel: string): Promise<number | undefined> {
    const [row] = await this.#database.query<{ at: Date | null }>(
      "SELECT min(greatest(next_attempt_at, taken_until)) AS at FROM alert_deliveries WHERE channel = $1 AND state = 'pending'",
      [channel],
    );
    return row?.at?.getTime();
  }

  /** What waits, per channel that has anything waiting. */
  async backlog(): Promise<Backlog[]> {
    const rows = await this.#database.query<{ channel: string; pending: number; oldest: Date }>(
      `SELECT channel, count(*)::int AS pending, min(raised_at) AS oldest
       FROM alert_deliveries JOIN alerts USING (task_id) WHERE state = 'pending' GROUP BY channel`,
    );
    return rows.map(({ channel, pending, oldest }) => ({ channel, pending, oldestRaisedAt: oldest }));
  }

  async #write(sql: string, parameters: readonly unknown[]): Promise<void> {
    await this.#database.transaction((connection) => connection.query(sql, parameters));
  }
}
