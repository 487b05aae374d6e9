import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ProviderHealth } from '../model/provider-health.js';

const statusSchema = z.object({
  generatedAt: z.iso.datetime(),
  /** Tasks that wait for a key. */
  waiting: z.int(),
  /** Calls to the model that run. */
  inFlight: z.int(),
  oldestWaitMs: z.number(),
  maxWaiting: z.int(),
  provider: z.object({
    state: z.enum(['ok', 'failing']),
    since: z.iso.datetime().optional(),
    code: z.string().optional(),
    nextTryAt: z.iso.datetime().optional(),
  }),
});

export interface StatusSource {
  readonly pool: () => { waiting: number; inFlight: number; oldestWaitMs: number };
  readonly maxWaiting: number;
  readonly provider: ProviderHealth;
  readonly now: () => number;
}

/** `GET /v1/status`: how much waits, how much runs, whether the provider answers. */
export function statusRoute(source: StatusSource): FastifyPluginCallbackZod {
  return (routes, _options, done) => {
    routes.get(
      '/v1/status',
      { schema: { summary: 'How the scheduler is doing', response: { 200: statusSchema } } },
      () => ({
        generatedAt: new Date(source.now()).toISOString(),
        ...source.pool(),
        maxWaiting: source.maxWaiting,
        provider: source.provider.state(),
      }),
    );
    done();
  };
}
