import swagger from '@fastify/swagger';
import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { z } from 'zod';
import { answerErrors } from '../../../role-process/problem.js';

/** The scheduler's routes with one document that describes them, `/openapi.json`, made from the same schemas. */
export function schedulerApi(routes: readonly FastifyPluginCallbackZod[], log: Logger): FastifyPluginAsync {
  return async (api) => {
    api.setValidatorCompiler(validatorCompiler);
    api.setSerializerCompiler(serializerCompiler);
    api.setErrorHandler(answerErrors(log));
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
