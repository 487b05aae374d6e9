import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { AlertTable } from '../../../roles/alerts/alert-table.js';
import { DeliveryQueue } from '../../../roles/alerts/delivery-queue.js';
import { openRoleDatabase } from '../../database/role-database.js';
import { failure, sourceOf, verdict } from '../results.js';

const NOW = Date.parse('2026-05-01T08:30:02Z');
let opened: Awaited<ReturnType<typeof openRoleDatabase>>;
let table: AlertTable;
let queue: DeliveryQueue;
let now = NOW;
beforeAll(async () => {
  opened = await openRoleDatabase('alerts');
  table = new AlertTable(
    opened.database,
    [
      { name: 'serious', minLevel: 'high', channels: ['console', 'pager'] },
      { name: 'every-risk', minLevel: 'low', channels: ['console'] },
    ],
    () => now,
  );
  queue = new DeliveryQueue(opened.database);
}, 60_000);
beforeEach(async () => {
  now = NOW;
  await opened.database.execute('TRUNCATE alert_verdicts, alerts, alert_deliveries');
});
afterAll(() => opened.close());

let offset = 0;
const claim = (...results: RiskAssessment[]) =>
  table.claim(results.map((result) => ({ result, source: sourceOf(offset++) })));

describe('claiming', () => {
  it('raises one alert per task, from its first record', async () => {
    const first = verdict({ peopleCount: 4 });
    const expected = {
      taskId: first.requestId,
      detectionId: first.detectionId,
      cameraId: 'gate',
      riskLevel: 'high',
      description: 'Two people stand below a suspended load.',
      hazards: ['suspended-load'],
      confidence: 0.86,
      capturedAt: '2026-05-01T08:30:00.250Z',
      raisedAt: '2026-05-01T08:30:02.000Z',
      rule: 'serious',
      evidence: 'ab'.repeat(32),
      peopleCount: 4,
      acknowledged: null,
    };
    expect(await claim(first)).toEqual([{ raised: expected }]);
    expect(await claim(verdict({ requestId: first.requestId, riskLevel: 'critical' }))).toEqual(['repeat']);
    expect(await table.newest(10)).toEqual([expected]);
  });

  it('raises nothing from a repeat of a task whose verdict was quiet or failed', async () => {
    const quiet = verdict({ riskLevel: 'none' });
    const lost = failure();
    expect(await claim(quiet, lost)).toEqual(['quiet', 'quiet']);
    expect(
      await claim(verdict({ requestId: quiet.requestId }), verdict({ requestId: lost.requestId })),
    ).toEqual(['repeat', 'repeat']);
    expect(await table.newest(10)).toEqual([]);
  });

  it('is not shaken by the same record delivered again', async () => {
    const item = { result: verdict(), source: sourceOf(offset++) };
    await table.claim([item]);
    expect(await table.claim([item])).toEqual(['redelivered']);
    expect(await table.newest(10)).toHaveLength(1);
  });

  it('shows foreign text as one plain line', async () => {
    await claim(
      verdict({
        description: 'a\u0000b\u001b[31m\r\nc\u202Ed <b>&</b>',
        hazards: ['fire\n[x]'],
        cameraId: 'ga\u0007te',
      }),
    );
    expect(await table.newest(1)).toMatchObject([
      { description: 'a b [31m c d <b>&</b>', hazards: ['fire [x]'], cameraId: 'ga te' },
    ]);
  });

  it.each([undefined, -1, 2.5, 'seven', 2 ** 40])(
    'knows no number of people from %s',
    async (peopleCount) => {
      await claim(verdict({ peopleCount }));
      expect(await table.newest(1)).toMatchObject([{ peopleCount: null }]);
    },
  );
});

describe('acknowledgement', () => {
  it('says who and when, stays the first, and can be taken back', async () => {
    const { requestId } = verdict();
    await claim(verdict({ requestId }));
    now += 1_000;
    const acknowledged = { at: '2026-05-01T08:30:03.000Z', by: 'Ada' };
    expect(await table.acknowledge(requestId, 'Ada')).toMatchObject({ acknowledged });
    now += 1_000;
    expect(await table.acknowledge(requestId, 'Grace')).toMatchObject({ acknowledged });
    expect(await table.withdraw(requestId)).toMatchObject({ taskId: requestId, acknowledged: null });
    expect(await table.newest(1)).toMatchObject([{ acknowledged: null }]);
  });

  it('needs an alert', async () => {
    expect(await table.acknowledge(verdict().requestId, 'Ada')).toBeUndefined();
    expect(await table.withdraw(verdict().requestId)).toBeUndefined();
  });
});

describe('history', () => {
  it('is newest first, as long as asked for, and ends', async () => {
    const [old, mid, recent] = [verdict(), verdict(), verdict()];
    for (const result of [old, mid, recent]) {
      now += 1_000;
      await claim(result);
    }
    const ids = async (limit: number) => (await table.newest(limit)).map(({ taskId }) => taskId);
    expect(await ids(2)).toEqual([recent.requestId, mid.requestId]);
    const beforeMid = new Date(NOW + 1_500);
    await table.removeBefore({ alerts: beforeMid, verdicts: beforeMid });
    expect(await ids(10)).toEqual([recent.requestId, mid.requestId]);
    expect((await queue.backlog()).map(({ channel, pending }) => [channel, pending]).sort()).toEqual([
      ['console', 2],
      ['pager', 2],
    ]);
  });
});

describe('the queue of deliveries', () => {
  it('gives each delivery to one taker until its lease ends', async () => {
    const result = verdict();
    await claim(result);
    const [delivery] = await queue.take('pager', now, 45_000, 10);
    expect(delivery).toMatchObject({ alert: { taskId: result.requestId }, attempt: 1 });
    expect(await queue.take('pager', now + 44_999, 45_000, 10)).toEqual([]);
    expect(await queue.take('pager', now + 45_000, 45_000, 10)).toMatchObject([{ attempt: 2 }]);
    expect(await queue.take('console', now, 45_000, 10)).toMatchObject([{ attempt: 1 }]);
  });

  it('gives what an ended process had taken at the next start, but a failed one not before its time', async () => {
    const [taken, failed] = [verdict(), verdict()];
    await claim(taken, failed);
    await queue.take('pager', now, 45_000, 10);
    await queue.failed(failed.requestId, 'pager', 'answered 500', now + 5_000);
    await queue.release();
    const again = await queue.take('pager', now, 45_000, 10);
    expect(again).toMatchObject([{ alert: { taskId: taken.requestId }, attempt: 2 }]);
    expect(await queue.nextDue('pager')).toBe(now + 5_000);
  });

  it('forgets what was delivered or given up, and brings back what failed', async () => {
    const results = [verdict(), verdict(), verdict()];
    await claim(...results);
    await queue.take('pager', now, 45_000, 10);
    const [delivered, given, failed] = results.map(({ requestId }) => requestId) as [string, string, string];
    await queue.delivered(delivered, 'pager', now);
    await queue.abandoned(given, 'pager', 'answered 410', now);
    await queue.failed(failed, 'pager', 'answered 500', now + 2_000);
    expect(await queue.nextDue('pager')).toBe(now + 2_000);
    expect(await queue.take('pager', now + 60_000, 45_000, 10)).toMatchObject([
      { alert: { taskId: failed } },
    ]);
  });

  it('takes the longest due first, no more than asked for', async () => {
    await claim(verdict());
    now += 5;
    const later = verdict();
    await claim(later);
    const first = await queue.take('console', now, 45_000, 1);
    const second = await queue.take('console', now, 45_000, 1);
    expect(first).toHaveLength(1);
    expect(second).toMatchObject([{ alert: { taskId: later.requestId } }]);
  });

  it('gives up what waits for a channel that is no more', async () => {
    await claim(verdict(), verdict());
    expect(await queue.abandonOthers(['console'], now)).toBe(2);
    expect((await queue.backlog()).map(({ channel }) => channel)).toEqual(['console']);
  });
});
