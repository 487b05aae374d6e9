import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { UnknownNameError } from '../accounts/accounts.js';
import { faultKinds } from '../answers/faults.js';
import { delaySchema, limitSchema } from '../options.js';
import type { SimulatorControl } from './control.js';
import type { SimulatorState } from './state.js';

const named = z.object({ id: z.string() });
const groupState = z.strictObject({ state: z.enum(['active', 'exhausted', 'disabled']) });
const newLimits = z.strictObject({ limits: z.array(limitSchema) });
const outage = z.strictObject({ on: z.boolean() });
const faultOrder = z.strictObject({
  kind: z.enum(faultKinds),
  count: z.number().int().positive().nullish(),
  share: z.number().min(0).max(1).optional(),
  keyId: z.string().optional(),
  quotaGroup: z.string().optional(),
});

const isLoopback = (address: string) =>
  address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');

/**
 * `/_control/*`, for callers on this machine only: `GET stats`, `POST keys/:id/revoke` and `/restore`,
 * `PUT quota-groups/:id/state` and `/limits`, `PUT delay`, `PUT outage`, `POST faults`, `DELETE faults`.
 */
export function controlRoutes(
  server: FastifyInstance,
  state: SimulatorState,
  control: SimulatorControl,
): void {
  server.register(
    (routes, _options, done) => {
      routes.addHook('onRequest', async (request, reply) => {
        if (!isLoopback(request.socket.remoteAddress ?? ''))
          await reply.code(403).send({ error: 'loopback only' });
      });
      routes.setErrorHandler((error, _request, reply) => {
        if (error instanceof UnknownNameError) return reply.code(404).send({ error: error.message });
        if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
        throw error;
      });
      routes.get('/stats', () => state.stats());
      routes.post('/keys/:id/revoke', (request, reply) => {
        control.revoke(named.parse(request.params).id);
        return reply.code(204).send();
      });
      routes.post('/keys/:id/restore', (request, reply) => {
        control.restore(named.parse(request.params).id);
        return reply.code(204).send();
      });
      routes.put('/quota-groups/:id/state', (request, reply) => {
        control.setQuotaGroupState(named.parse(request.params).id, groupState.parse(request.body).state);
        return reply.code(204).send();
      });
      routes.put('/quota-groups/:id/limits', (request, reply) => {
        control.setLimits(named.parse(request.params).id, newLimits.parse(request.body).limits);
        return reply.code(204).send();
      });
      routes.put('/delay', (request, reply) => {
        control.setDelay(delaySchema.parse(request.body));
        return reply.code(204).send();
      });
      routes.put('/outage', (request, reply) => {
        control.setOutage(outage.parse(request.body).on);
        return reply.code(204).send();
      });
      routes.post('/faults', (request, reply) => {
        control.addFault(faultOrder.parse(request.body));
        return reply.code(204).send();
      });
      routes.delete('/faults', (_request, reply) => {
        control.clearFaults();
        return reply.code(204).send();
      });
      done();
    },
    { prefix: '/_control' },
  );
}
