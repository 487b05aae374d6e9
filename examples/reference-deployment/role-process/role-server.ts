import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Health } from './health.js';
import { answerErrors, Problem } from './problem.js';

export interface RoleServerOptions {
  readonly health: Health;
  readonly metrics: Registry;
  readonly log: Pick<Logger, 'error'>;
  /** Largest request body, bytes. Default 64 KiB. */
  readonly bodyLimit?: number | undefined;
}

/** A whole request has to have come by then; whoever drips a body byte by byte holds no connection for ever. */
const REQUEST_TIMEOUT_MS = 30_000;

/** A role's HTTP server, not yet listening: health, metrics, and one shape for every error. */
export function createRoleServer({
  health,
  metrics,
  log,
  bodyLimit = 65_536,
}: RoleServerOptions): FastifyInstance {
  const http = Fastify({
    logger: false,
    bodyLimit,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  });
  // Node waits for the shorter of the two for headers, for the longer one for the whole.
  http.server.headersTimeout = REQUEST_TIMEOUT_MS;
  http.setErrorHandler(answerErrors(log));
  http.setNotFoundHandler(() => {
    throw new Problem(404, 'no_such_address', 'there is nothing at this address');
  });
  http.get('/healthz', () => ({ status: 'alive' }));
  http.get('/readyz', (_request, reply) =>
    reply.code(health.ready ? 200 : 503).send({ ready: health.ready, reasons: health.reasons }),
  );
  http.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.metrics()),
  );
  return http;
}
