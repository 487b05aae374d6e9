import type { KeyPool, KeyPoolSnapshot } from '@riskwatch/keypool';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { KeyDeskError, type KeyDesk } from '../keys/key-desk.js';
import { keyIdSchema } from '../keys/operator-file.js';
import type { AdminToken } from './admin-token.js';
import { isoTime } from './iso-time.js';
import { Problem } from '../../../role-process/problem.js';
import { problemSchema } from './problem.js';

const BODY_LIMIT = 64 * 1_024;

const keysSchema = z.object({
  generatedAt: z.string(),
  waiting: z.number(),
  inFlight: z.number(),
  strategy: z.string(),
  quotaGroups: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['ready', 'cooling', 'exhausted']),
      since: z.string(),
      until: z.string().optional(),
      reason: z.string().optional(),
      limits: z.array(
        z.looseObject({
          dimension: z.string(),
          perSeconds: z.number().optional(),
          limit: z.number(),
          remaining: z.number(),
        }),
      ),
    }),
  ),
  keys: z.array(
    z.object({
      id: z.string(),
      quotaGroup: z.string(),
      state: z.enum(['available', 'quarantined', 'disabled', 'draining', 'cooling', 'exhausted']),
      reason: z.string().optional(),
      since: z.string(),
      until: z.string().optional(),
      inFlight: z.number(),
      calls: z.number(),
      succeeded: z.number(),
      rateLimited: z.number(),
      otherFailures: z.number(),
      source: z.enum(['file', 'admin']),
    }),
  ),
});

const newKey = z.strictObject({
  secret: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[^\r\n\0]*$/, 'must be one line'),
  quotaGroup: z.string().min(1).max(200).optional(),
  weight: z.number().positive().optional(),
});

const byId = z.object({ id: keyIdSchema });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};
const security = [{ admin: [] }];
const STATUS = { unknown_key: 404, key_from_file: 409, invalid_key: 400, too_many_keys: 409 } as const;

/** The admin API for keys. Secrets go in and never come out. */
export function keysRoutes(pool: KeyPool, desk: KeyDesk, token: AdminToken): FastifyPluginCallbackZod {
  return (routes, _options, done) => {
    routes.addHook('onRequest', token.check);
    routes.get(
      '/v1/keys',
      {
        schema: {
          summary: 'Every key and quota group',
          security,
          response: { 200: keysSchema, ...problems },
        },
      },
      () => keysView(pool.snapshot()),
    );
    routes.put(
      '/v1/keys/:id',
      {
        bodyLimit: BODY_LIMIT,
        schema: {
          summary: 'Add a key, or change one that was added here',
          security,
          params: byId,
          body: newKey,
          response: { 201: z.null(), 204: z.null(), ...problems },
        },
      },
      ({ params, body }, reply) => {
        const isNew = refusable(() => desk.put({ id: params.id, ...defined(body) }));
        void reply.code(isNew ? 201 : 204);
        return null;
      },
    );
    routes.delete(
      '/v1/keys/:id',
      {
        schema: {
          summary: 'Take away a key that was added here',
          security,
          params: byId,
          response: { 204: z.null(), ...problems },
        },
      },
      ({ params }, reply) => {
        refusable(() => desk.delete(params.id));
        void reply.code(204);
        return null;
      },
    );
    for (const action of ['disable', 'enable'] as const) {
      routes.post(
        `/v1/keys/:id/${action}`,
        {
          bodyLimit: BODY_LIMIT,
          schema: {
            summary: action === 'disable' ? 'No calls with a key until it is enabled' : 'Use a key again',
            security,
            params: byId,
            response: { 204: z.null(), ...problems },
          },
        },
        ({ params }, reply) => {
          refusable(() => desk[action](params.id));
          void reply.code(204);
          return null;
        },
      );
    }
    done();
  };
}

/** What the desk refuses becomes an answer. @throws {Problem} */
function refusable<Result>(change: () => Result): Result {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof KeyDeskError)) throw error;
    throw new Problem(STATUS[error.code], error.code, error.message);
  }
}

/** Absent is absent: no field is there with the value undefined. */
const defined = ({ secret, quotaGroup, weight }: z.infer<typeof newKey>) => ({
  secret,
  ...(quotaGroup !== undefined && { quotaGroup }),
  ...(weight !== undefined && { weight }),
});

function keysView(snapshot: KeyPoolSnapshot): z.infer<typeof keysSchema> {
  const times = ({ since, until, reason }: { since: number; until?: number; reason?: string }) => ({
    since: isoTime(since),
    ...(until !== undefined && { until: isoTime(until) }),
    ...(reason !== undefined && { reason }),
  });
  return {
    generatedAt: isoTime(snapshot.generatedAt),
    waiting: snapshot.waiting,
    inFlight: snapshot.inFlight,
    strategy: snapshot.strategy,
    quotaGroups: snapshot.quotaGroups.map(({ id, state, limits, ...group }) => ({
      id,
      state,
      ...times(group),
      limits: limits.map((limit) => ({ ...limit })),
    })),
    keys: snapshot.keys.map((key) => ({
      id: key.id,
      quotaGroup: key.quotaGroup,
      state: key.state,
      ...times(key),
      inFlight: key.inFlight,
      calls: key.calls,
      succeeded: key.succeeded,
      rateLimited: key.rateLimited,
      otherFailures: key.otherFailures,
      source: key.source === 'admin' ? ('admin' as const) : ('file' as const),
    })),
  };
}
