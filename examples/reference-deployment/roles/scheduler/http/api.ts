import swagger from '@fastify/swagger';
import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** The scheduler's routes with one document that describes them, `/openapi.json`, made from the same schemas. */
export function schedulerApi(routes: readonly FastifyPluginCallbackZod[]): FastifyPluginAsync {
  return async (api) => {
    api.setValidatorCompiler(validatorCompiler);
    api.setSerializerCompiler(serializerCompiler);
    api.setErrorHandler((error: Error & { statusCode?: number; code?: string; validation?: unknown }, _request, reply) => {
      const status = error.statusCode ?? (error.validation ? 400 : 500);
      // What went wrong inside is for the log; fastify hands it on there.
      if (status >= 500) throw error;
      return reply.code(status).send({ code: problemCode(status), message: error.message });
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

const problemCode = (status: number): string =>
  status === 413 ? 'body_too_large' : status === 404 ? 'not_found' : 'bad_request';
