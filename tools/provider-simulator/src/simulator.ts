import Fastify, { type FastifyInstance } from 'fastify';
import { ApiError, badRequest, serverError } from './answers/errors.js';
import { simulatorOptionsSchema, type SimulatorOptions } from './options.js';
import { authorize } from './server/authorize.js';
import { chatCompletions } from './server/chat-completions.js';
import { controlRoutes } from './server/control-routes.js';
import { SimulatorControl } from './server/control.js';
import { SimulatorState, type SimulatorStats } from './server/state.js';

/** A running provider. */
export interface ProviderSimulator {
  /** The base URL for OpenAI clients, `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string;
  /** The server's root, where `/_control` is. */
  readonly url: string;
  readonly port: number;
  readonly control: SimulatorControl;
  stats(): SimulatorStats;
  /** Cuts what is open and stops listening. */
  stop(): Promise<void>;
}

const BODY_LIMIT = 20 * 1_024 * 1_024;

/**
 * Starts an OpenAI-compatible provider on the loopback interface.
 * @throws zod's error for options that are not valid, `TypeError` for ids or secrets that are there twice
 */
export async function startProviderSimulator(options: SimulatorOptions = {}): Promise<ProviderSimulator> {
  const resolved = simulatorOptionsSchema.parse(options);
  const state = new SimulatorState(resolved);
  const control = new SimulatorControl(state);
  const server = Fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true });
  answerErrors(server);
  controlRoutes(server, state, control);
  models(server, state);
  chatCompletions(server, state);
  await server.listen({ host: '127.0.0.1', port: resolved.port });
  const address = server.server.address();
  const port = address && typeof address === 'object' ? address.port : resolved.port;
  const url = `http://127.0.0.1:${port}`;
  return { url, baseUrl: `${url}/v1`, port, control, stats: () => state.stats(), stop: () => server.close() };
}

function answerErrors(server: FastifyInstance): void {
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const known =
      error instanceof ApiError
        ? error
        : (error.statusCode ?? 500) < 500
          ? badRequest(error.message)
          : serverError();
    return reply.code(known.status).headers(known.headers).send(known.body);
  });
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send(badRequest(`Unknown request URL: ${request.method} ${request.url}.`, 'unknown_url').body),
  );
}

/** `GET /v1/models`: a cheap call that shows whether a key works. */
function models(server: FastifyInstance, state: SimulatorState): void {
  server.get('/v1/models', (request) => {
    authorize(state, request.headers.authorization);
    const created = Math.floor(state.startedAt.getTime() / 1_000);
    return {
      object: 'list',
      data: state.models.map((id) => ({ id, object: 'model', created, owned_by: 'simulator' })),
    };
  });
}
