import type { KeyPool } from '@riskwatch/keypool';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isoTime } from './iso-time.js';

const statusSchema = z.object({
  generatedAt: z.string(),
  /** Tasks that wait for a key. */
  waiting: z.number(),
  /** Calls to the model under way. */
  inFlight: z.number(),
  oldestWaitMs: z.number(),
  maxWaiting: z.number(),
  /** The worst of the endpoints; no key is to blame for it. */
  provider: z.object({
    state: z.enum(['ok', 'failing']),
    since: z.string().optional(),
    code: z.string().optional(),
    nextTryAt: z.string().optional(),
  }),
});

/** `GET /v1/status`: how much waits, how much runs, whether the provider answers. */
export function statusRoute(pool: Pick<KeyPool, 'snapshot'>): FastifyPluginCallbackZod {
  return (routes, _options, done) => {
    routes.get(
      '/v1/status',
      { schema: { summary: 'How the scheduler is doing', response: { 200: statusSchema } } },
      () => {
        const { generatedAt, waiting, inFlight, oldestWaitMs, maxWaiting, endpoints } = pool.snapshot();
        const failing = endpoints.find((endpoint) => endpoint.state === 'failing');
        return {
          generatedAt: isoTime(generatedAt),
          waiting,
          inFlight,
          oldestWaitMs: Math.round(oldestWaitMs),
          maxWaiting,
          provider: failing
            ? {
                state: 'failing' as const,
                since: isoTime(failing.since),
                ...(failing.reason !== undefined && { code: failing.reason }),
                ...(failing.nextTryAt !== undefined && { nextTryAt: isoTime(failing.nextTryAt) }),
              }
            : { state: 'ok' as const },
        };
      },
    );
    done();
  };
}
