import swagger from '@fastify/swagger';
import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Problem } from './problem.js';

/** The scheduler's routes with one document that describes them, `/openapi.json`, made from the same schemas. */
export function schedulerApi(routes: readonly FastifyPluginCallbackZod[], log: Logger): FastifyPluginAsync {
  return async (api) => {
    api.setValidatorCompiler(validatorCompiler);
    api.setSerializerCompiler(serializerCompiler);
    api.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const problem = problemOf(error);
      if (problem.statusCode >= 500 && !(error instanceof Problem)) {
        log.error({ err: error, url: request.url }, 'a request failed');
      }
      if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter));
      return reply.code(problem.statusCode).send({ code: problem.code, message: problem.message });
    });
    await api.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'riskwatch scheduler', version: '1' },
        components: { securitySchemes: { admin: { type: 'http', scheme: 'bearer' } } },
      },
      transform: jsonSchemaTransform,
    });
    for (const route of routes) await api.register(route as FastifyPluginCallback);
    api.get('/openapi.json', { schema: { hide: true, response: { 200: z.unknown() } } }, () => api.swagger());
  };
}

function problemOf(error: Error & { statusCode?: number }): Problem {
  if (error instanceof Problem) return error;
  const status = error.statusCode ?? 500;
  if (status === 413) return new Problem(413, 'body_too_large', 'the body is larger than this route takes');
  if (status < 500) return new Problem(status, 'bad_request', error.message);
  // What went wrong inside is for the log, not for whoever called.
  return new Problem(500, 'internal', 'an error inside the scheduler; its log says more');
}
