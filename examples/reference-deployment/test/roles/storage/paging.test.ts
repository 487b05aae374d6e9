import { describe, expect, it } from 'vitest';
import { cursorAt, pageQuerySchema } from '../../../roles/storage/paging.js';

describe('the query of a page', () => {
  it('has defaults', () => expect(pageQuerySchema.parse({})).toEqual({ limit: 50 }));

  it('reads every filter', () => {
    const position = {
      capturedAt: new Date('2026-05-01T08:00:00.001Z'),
      requestId: '9980feb3-6fcc-5335-95b5-8041ce665b91',
    };
    expect(
      pageQuerySchema.parse({
        cameraId: 'gate',
        status: 'succeeded',
        riskLevel: ['high', 'critical'],
        since: '2026-05-01T08:00:00Z',
        until: '2026-05-01T10:00:00+01:00',
        limit: '7',
        cursor: cursorAt(position),
      }),
    ).toEqual({
      cameraId: 'gate',
      status: 'succeeded',
      riskLevel: ['high', 'critical'],
      since: new Date('2026-05-01T08:00:00Z'),
      until: new Date('2026-05-01T09:00:00Z'),
      limit: 7,
      cursor: position,
    });
  });

  it('takes one level as well as several', () =>
    expect(pageQuerySchema.parse({ riskLevel: 'low' }).riskLevel).toEqual(['low']));

  it.each([
    { limit: '0' },
    { limit: '501' },
    { limit: 'many' },
    { riskLevel: 'catastrophic' },
    { status: 'pending' },
    { since: 'yesterday' },
    { camera: 'gate' },
    { cursor: 'not-a-cursor' },
    { cursor: Buffer.from('["2026-05-01T08:00:00.001Z","; drop table"]').toString('base64url') },
  ])('refuses %o', (query) => expect(pageQuerySchema.safeParse(query).success).toBe(false));
});
