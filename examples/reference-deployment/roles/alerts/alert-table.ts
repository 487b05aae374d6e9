import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import type { Connection, Database } from '../../database/database.js';
import { alertOf, type Alert } from './alert.js';
import { matchRules, type AlertRule } from './rules.js';

/** A result as it was consumed; `source` is topic/partition/offset. */
export interface SourcedResult {
  readonly result: RiskAssessment;
  readonly source: string;
}

/** What came of a result: its alert, `quiet` (no rule matched), a later record of its task, or the same record again. */
export type ClaimOutcome = { readonly raised: Alert } | 'quiet' | 'repeat' | 'redelivered';

/** Alerts and the verdicts they came from, in the database. */
export class AlertTable {
  readonly #database: Database;
  readonly #rules: readonly AlertRule[];
  readonly #now: () => number;

  constructor(database: Database, rules: readonly AlertRule[], now: () => number) {
    this.#database = database;
    this.#rules = rules;
    this.#now = now;
  }

  /**
   * Claims each result's task, once for ever: the first record is judged by the rules, and an alert and its deliveries
   * are on disk, when this resolves; whatever comes later for the task raises nothing.
   */
  claim(items: readonly SourcedResult[]): Promise<ClaimOutcome[]> {
    return this.#database.transaction(async (connection) => {
      const now = new Date(this.#now());
      const claimed = await connection.query<{ source: string }>(
        `INSERT INTO alert_verdicts (task_id, source, seen_at)
         SELECT i.task_id, i.source, $3::timestamptz FROM unnest($1::uuid[], $2::text[]) AS i (task_id, source)
         ON CONFLICT (task_id) DO NOTHING RETURNING source`,
        [items.map(({ result }) => result.requestId), items.map(({ source }) => source), now],
      );
      const first = new Set(claimed.map(({ source }) => source));
      const known = await this.#sourcesOf(
        connection,
        items.filter(({ source }) => !first.has(source)),
      );
      const outcomes: ClaimOutcome[] = [];
      for (const { result, source } of items) {
        if (!first.has(source)) {
          outcomes.push(known.has(source) ? 'redelivered' : 'repeat');
          continue;
        }
        const match = matchRules(this.#rules, result);
        if (!match) {
          outcomes.push('quiet');
          continue;
        }
        const alert = alertOf(match.verdict, match.rule, now);
        await insertAlert(connection, alert, match.channels);
        outcomes.push({ raised: alert });
      }
      return outcomes;
    });
  }

  /** The newest alerts, newest first. */
  async newest(limit: number): Promise<Alert[]> {
    const rows = await this.#database.query<AlertRow>(
      'SELECT * FROM alerts ORDER BY raised_at DESC, task_id DESC LIMIT $1',
      [limit],
    );
    return rows.map(alertOfRow);
  }

  /** Notes who has seen an alert; the first acknowledgement stands. Undefined where there is no such alert. */
  acknowledge(taskId: string, by: string): Promise<Alert | undefined> {
    return this.#update(
      `UPDATE alerts SET acknowledged_by = coalesce(acknowledged_by, $2), acknowledged_at = coalesce(acknowledged_at, $3)
       WHERE task_id = $1 RETURNING *`,
      [taskId, by, new Date(this.#now())],
    );
  }

  /** Takes an acknowledgement back. Undefined where there is no such alert. */
  withdraw(taskId: string): Promise<Alert | undefined> {
    return this.#update(
      'UPDATE alerts SET acknowledged_by = NULL, acknowledged_at = NULL WHERE task_id = $1 RETURNING *',
      [taskId],
    );
  }

  /** Forgets alerts raised, and verdicts seen, before these moments. Deliveries go with their alerts. */
  async removeBefore({ alerts, verdicts }: { alerts: Date; verdicts: Date }): Promise<void> {
    await this.#database.transaction(async (connection) => {
      await connection.query('DELETE FROM alerts WHERE raised_at < $1', [alerts]);
      await connection.query('DELETE FROM alert_verdicts WHERE seen_at < $1', [verdicts]);
    });
  }

  async #sourcesOf(connection: Connection, items: readonly SourcedResult[]): Promise<Set<string>> {
    if (items.length === 0) return new Set();
    const rows = await connection.query<{ source: string }>(
      'SELECT source FROM alert_verdicts WHERE task_id = ANY ($1::uuid[])',
      [items.map(({ result }) => result.requestId)],
    );
    return new Set(rows.map(({ source }) => source));
  }

  async #update(sql: string, parameters: readonly unknown[]): Promise<Alert | undefined> {
    const [row] = await this.#database.transaction((connection) =>
      connection.query<AlertRow>(sql, parameters),
    );
    return row && alertOfRow(row);
  }
}

async function insertAlert(connection: Connection, alert: Alert, channels: readonly string[]): Promise<void> {
  await connection.query(
    `INSERT INTO alerts (task_id, detection_id, camera_id, risk_level, description, hazards, confidence, captured_at,
                         raised_at, rule, evidence, people_count)
     VALUES ($1, $2, $3, $4, $5, $6::text[], $7, $8, $9, $10, $11, $12)`,
    [
      alert.taskId,
      alert.detectionId,
      alert.cameraId,
      alert.riskLevel,
      alert.description,
      alert.hazards,
      alert.confidence,
      alert.capturedAt,
      alert.raisedAt,
      alert.rule,
      alert.evidence,
      alert.peopleCount,
    ],
  );
  await connection.query(
    `INSERT INTO alert_deliveries (task_id, channel, next_attempt_at)
     SELECT $1::uuid, channel, $3::timestamptz FROM unnest($2::text[]) AS channels (channel)`,
    [alert.taskId, channels, alert.raisedAt],
  );
}

/** A row of `alerts`. */
export interface AlertRow {
  readonly task_id: string;
  readonly detection_id: string;
  readonly camera_id: string;
  readonly risk_level: Alert['riskLevel'];
  readonly description: string;
  readonly hazards: string[];
  readonly confidence: number;
  readonly captured_at: Date;
  readonly raised_at: Date;
  readonly rule: string;
  readonly evidence: string | null;
  readonly people_count: number | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
}

export const alertOfRow = (row: AlertRow): Alert => ({
  taskId: row.task_id,
  detectionId: row.detection_id,
  cameraId: row.camera_id,
  riskLevel: row.risk_level,
  description: row.description,
  hazards: row.hazards,
  confidence: row.confidence,
  capturedAt: row.captured_at.toISOString(),
  raisedAt: row.raised_at.toISOString(),
  rule: row.rule,
  evidence: row.evidence,
  peopleCount: row.people_count,
  acknowledged:
    row.acknowledged_at && row.acknowledged_by !== null
      ? { at: row.acknowledged_at.toISOString(), by: row.acknowledged_by }
      : null,
});
