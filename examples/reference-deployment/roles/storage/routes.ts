import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AssessmentTable } from './assessment-table.js';
import type { EvidenceStore } from './evidence-store.js';
import { isEvidenceName } from './evidence-folders.js';
import { pageQuerySchema } from './paging.js';

/** The storage role's HTTP face. */
export function addStorageRoutes(
  http: FastifyInstance,
  { table, evidence }: { table: Pick<AssessmentTable, 'page'>; evidence: Pick<EvidenceStore, 'find'> },
): void {
  http.get('/v1/risk-assessments', async (request, reply) => {
    const query = pageQuerySchema.safeParse(request.query);
    if (!query.success) {
      return reply.code(400).send({ code: 'invalid_query', message: z.prettifyError(query.error) });
    }
    return table.page(query.data);
  });

  http.get<{ Params: { sha256: string } }>('/v1/evidence/:sha256', async (request, reply) => {
    const { sha256 } = request.params;
    if (!isEvidenceName(sha256)) {
      return reply.code(400).send({ code: 'invalid_sha256', message: 'sha256: 64 lower-case hex digits' });
    }
    const found = await evidence.find(sha256);
    if (!found) {
      return reply
        .code(404)
        .header('cache-control', 'no-store')
        .send({ code: 'no_such_evidence', message: 'never kept here, or its time is over' });
    }
    // A name is the hash of the content, so it never changes; a cache may keep it as long as storage does.
    const etag = `"${sha256}"`;
    void reply
      .header('etag', etag)
      .header('cache-control', `private, max-age=${Math.floor(found.expiresInMs / 1_000)}, immutable`)
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox");
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type('image/jpeg').send(found.jpeg);
  });
}

function matches(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags?.some((tag) => tag === etag || tag === '*') ?? false;
}
