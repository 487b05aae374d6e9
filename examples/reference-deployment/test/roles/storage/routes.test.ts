import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PageQuery } from '../../../roles/storage/paging.js';
import { addStorageRoutes } from '../../../roles/storage/routes.js';

const sha256 = 'ab'.repeat(32);
let http: FastifyInstance;
let asked: PageQuery[];
beforeEach(() => {
  asked = [];
  http = Fastify();
  addStorageRoutes(http, {
    table: {
      page: (query) => {
        asked.push(query);
        return Promise.resolve({ riskAssessments: [], nextCursor: null });
      },
    },
    evidence: {
      find: (name) =>
        Promise.resolve(
          name === sha256 ? { jpeg: Buffer.from([0xff, 0xd8]), expiresInMs: 90_500 } : undefined,
        ),
    },
  });
});
afterEach(() => http.close());

describe('GET /v1/risk-assessments', () => {
  it('asks for the page that the query names', async () => {
    const answer = await http.inject('/v1/risk-assessments?riskLevel=high&riskLevel=critical&limit=3');
    expect(answer.json()).toEqual({ riskAssessments: [], nextCursor: null });
    expect(asked).toEqual([{ riskLevel: ['high', 'critical'], limit: 3 }]);
  });

  it('answers 400 with the place and the rule', async () => {
    const answer = await http.inject('/v1/risk-assessments?limit=9000');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'invalid_query',
      message: expect.stringContaining('limit') as string,
    });
    expect(asked).toEqual([]);
  });
});

describe('GET /v1/evidence/:sha256', () => {
  it('serves a picture that a cache may keep as long as storage does, and nobody may run', async () => {
    const answer = await http.inject(`/v1/evidence/${sha256}`);
    expect(answer.rawPayload).toEqual(Buffer.from([0xff, 0xd8]));
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      etag: `"${sha256}"`,
      'cache-control': 'private, max-age=90, immutable',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([`"${sha256}"`, `W/"${sha256}"`, `"other", "${sha256}"`])('answers 304 to %s', async (tag) => {
    const answer = await http.inject({ url: `/v1/evidence/${sha256}`, headers: { 'if-none-match': tag } });
    expect([answer.statusCode, answer.body]).toEqual([304, '']);
  });

  it('answers 404 for what is gone and 400 for what is no hash', async () => {
    const gone = await http.inject(`/v1/evidence/${'cd'.repeat(32)}`);
    expect([gone.statusCode, gone.headers['cache-control']]).toEqual([404, 'no-store']);
    expect((await http.inject('/v1/evidence/..%2F..%2Fsecret')).statusCode).toBe(400);
  });
});
