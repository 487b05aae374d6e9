import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { AssessmentTable } from '../../../roles/storage/assessment-table.js';
import { pageQuerySchema } from '../../../roles/storage/paging.js';
import { openRoleDatabase } from '../../database/role-database.js';
import { failure, sourceOf, verdict } from '../results.js';

let opened: Awaited<ReturnType<typeof openRoleDatabase>>;
let table: AssessmentTable;
beforeAll(async () => {
  opened = await openRoleDatabase('storage');
  table = new AssessmentTable(opened.database);
}, 60_000);
beforeEach(() => opened.database.execute('TRUNCATE risk_assessments'));
afterAll(() => opened.close());

const query = (text: Record<string, unknown> = {}) => pageQuerySchema.parse(text);
const ids = (page: { riskAssessments: RiskAssessment[] }) =>
  page.riskAssessments.map(({ requestId }) => requestId);
let offset = 0;
const store = (...assessments: RiskAssessment[]) =>
  table.store(assessments.map((assessment) => ({ assessment, source: sourceOf(offset++) })));

describe('storing', () => {
  it('keeps the first record of a task as its verdict, whatever comes later', async () => {
    const first = failure();
    const later = verdict({ requestId: first.requestId });
    expect(await store(first)).toEqual(['stored']);
    expect(await store(later)).toEqual(['repeat']);
    expect((await table.page(query())).riskAssessments).toEqual([first]);
  });

  it('does so within one batch too', async () => {
    const first = verdict();
    expect(await store(first, failure({ requestId: first.requestId }), verdict())).toEqual([
      'stored',
      'repeat',
      'stored',
    ]);
    expect((await table.page(query({ status: 'failed' }))).riskAssessments).toEqual([]);
  });

  it('tells the same record delivered again from a repeat', async () => {
    const item = { assessment: verdict(), source: sourceOf(offset++) };
    expect(await table.store([item])).toEqual(['stored']);
    expect(await table.store([item])).toEqual(['redelivered']);
  });

  it('keeps what a model may write and what it does not know', async () => {
    const odd = verdict({
      description: '\u0000 <b>\u202E</b> \ud800',
      cameraId: 'ga\u0000te',
      floored: true,
    });
    await store(odd);
    expect((await table.page(query({ cameraId: 'ga\u0000te' }))).riskAssessments).toEqual([odd]);
  });
});

describe('a page', () => {
  const minute = (n: number) => new Date(Date.UTC(2026, 4, 1, 8, n)).toISOString();

  it('follows on the one before, newest first, also where captures share their moment', async () => {
    const all = Array.from({ length: 23 }, (_, n) => verdict({ capturedAt: minute(Math.floor(n / 5)) }));
    await store(...all);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<AssessmentTable['page']>> = await table.page(
        query({ limit: 4, ...(cursor && { cursor }) }),
      );
      seen.push(...ids(page));
      cursor = page.nextCursor;
      // What arrives while somebody reads shifts nothing.
      await store(verdict({ capturedAt: minute(50) }));
    } while (cursor);
    expect(seen).toHaveLength(23);
    expect(new Set(seen)).toEqual(new Set(all.map(({ requestId }) => requestId)));
    const captures = seen.map((id) => all.find(({ requestId }) => requestId === id)?.capturedAt ?? '');
    expect(captures).toEqual([...captures].sort().reverse());
  });

  it('has no next one when it ends exactly', async () => {
    await store(verdict(), verdict());
    expect((await table.page(query({ limit: 2 }))).nextCursor).toBeNull();
    expect((await table.page(query({ limit: 1 }))).nextCursor).not.toBeNull();
  });

  it('holds what its filters say', async () => {
    const quiet = verdict({ riskLevel: 'none', cameraId: 'yard', capturedAt: minute(1) });
    const loud = verdict({ riskLevel: 'critical', cameraId: 'yard', capturedAt: minute(2) });
    const lost = failure({ cameraId: 'gate', capturedAt: minute(3) });
    await store(quiet, loud, lost);
    const found = async (text: Record<string, unknown>) => ids(await table.page(query(text)));
    expect(await found({ cameraId: 'yard' })).toEqual([loud.requestId, quiet.requestId]);
    expect(await found({ status: 'failed' })).toEqual([lost.requestId]);
    expect(await found({ riskLevel: ['critical', 'high'] })).toEqual([loud.requestId]);
    expect(await found({ since: minute(2) })).toEqual([lost.requestId, loud.requestId]);
    expect(await found({ until: minute(2) })).toEqual([quiet.requestId]);
  });
});

it('forgets what was captured long ago', async () => {
  const old = verdict({ capturedAt: '2025-01-01T00:00:00.000Z' });
  const recent = verdict();
  await store(old, recent);
  expect(await table.removeBefore(new Date('2026-01-01T00:00:00Z'))).toBe(1);
  expect(ids(await table.page(query()))).toEqual([recent.requestId]);
});
