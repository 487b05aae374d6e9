import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import type { Database } from '../../database/database.js';
import { cursorAt, type PageQuery } from './paging.js';

/** A result as it was consumed; `source` is topic/partition/offset. */
export interface SourcedAssessment {
  readonly assessment: RiskAssessment;
  readonly source: string;
}

/** `stored` now; a later record of a task is a `repeat`; `redelivered` is the verdict's own record seen again. */
export type StoreOutcome = 'stored' | 'repeat' | 'redelivered';

export interface AssessmentPage {
  readonly riskAssessments: RiskAssessment[];
  readonly nextCursor: string | null;
}

/** The table of verdicts. */
export class AssessmentTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores what is the first record of its task; answers one outcome per item, in order, once all are durable. */
  async store(items: readonly SourcedAssessment[]): Promise<StoreOutcome[]> {
    const inserted = await this.#database.transaction((connection) =>
      connection.query<{ source: string }>(
        `INSERT INTO risk_assessments (request_id, camera_id, status, risk_level, captured_at, record, source)
         SELECT i.request_id, i.camera_id, i.status, i.risk_level, i.captured_at, i.record::json, i.source
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
           AS i (request_id, camera_id, status, risk_level, captured_at, record, source)
         ON CONFLICT (request_id) DO NOTHING
         RETURNING source`,
        [
          items.map(({ assessment }) => assessment.requestId),
          items.map(({ assessment }) => searchable(assessment.cameraId)),
          items.map(({ assessment }) => assessment.status),
          items.map(({ assessment }) => assessment.riskLevel ?? null),
          items.map(({ assessment }) => assessment.capturedAt),
          items.map(({ assessment }) => JSON.stringify(assessment)),
          items.map(({ source }) => source),
        ],
      ),
    );
    const stored = new Set(inserted.map(({ source }) => source));
    if (stored.size === items.length) return items.map(() => 'stored');
    const verdicts = await this.#database.query<{ source: string }>(
      'SELECT source FROM risk_assessments WHERE request_id = ANY ($1::uuid[])',
      [items.filter(({ source }) => !stored.has(source)).map(({ assessment }) => assessment.requestId)],
    );
    const known = new Set(verdicts.map(({ source }) => source));
    return items.map(({ source }) =>
      stored.has(source) ? 'stored' : known.has(source) ? 'redelivered' : 'repeat',
    );
  }

  /** One page, newest capture first. */
  async page(query: PageQuery): Promise<AssessmentPage> {
    const rows = await this.#database.query<{
      request_id: string;
      captured_at: Date;
      record: RiskAssessment;
    }>(
      `SELECT request_id, captured_at, record FROM risk_assessments
       WHERE ($1::text IS NULL OR camera_id = $1)
         AND ($2::text IS NULL OR status = $2)
         AND ($3::text[] IS NULL OR risk_level = ANY ($3))
         AND ($4::timestamptz IS NULL OR captured_at >= $4)
         AND ($5::timestamptz IS NULL OR captured_at < $5)
         AND ($6::timestamptz IS NULL OR (captured_at, request_id) < ($6, $7::uuid))
       ORDER BY captured_at DESC, request_id DESC
       LIMIT $8`,
      [
        query.cameraId === undefined ? null : searchable(query.cameraId),
        query.status ?? null,
        query.riskLevel ?? null,
        query.since ?? null,
        query.until ?? null,
        query.cursor?.capturedAt ?? null,
        query.cursor?.requestId ?? null,
        query.limit + 1,
      ],
    );
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      riskAssessments: page.map(({ record }) => record),
      nextCursor:
        last && rows.length > page.length
          ? cursorAt({ capturedAt: last.captured_at, requestId: last.request_id })
          : null,
    };
  }

  /** Deletes what was captured before `moment`, in portions so that nothing waits long; answers how many. */
  async removeBefore(moment: Date): Promise<number> {
    for (let removed = 0; ;) {
      const portion = await this.#database.transaction((connection) =>
        connection.query(
          `DELETE FROM risk_assessments WHERE request_id IN
             (SELECT request_id FROM risk_assessments WHERE captured_at < $1 ORDER BY captured_at LIMIT 2000)
           RETURNING 1 AS gone`,
          [moment],
        ),
      );
      removed += portion.length;
      if (portion.length < 2000) return removed;
    }
  }
}

/** Postgres text holds every character but NUL. */
const searchable = (text: string): string => text.replaceAll('\0', '');
