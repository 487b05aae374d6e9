import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { assessmentTaskSchema, riskAssessmentSchema } from '@riskwatch/kafka-adapter/messages';
import { BusyError, UnavailableError, type Assessor } from '../tasks/assessor.js';
import { readSubmission, UnreadableTaskError } from '../tasks/submission.js';
import { problemSchema } from './problem.js';

/**
 * `POST /v1/assessments`: a task in, its one result out, durable before the answer. The body is read leniently:
 * whatever has a task id ends in a result, so 400 means that none could be read. Whoever hangs up does not stop
 * the work.
 */
export function assessmentsRoute(assessor: Assessor, now: () => number): FastifyPluginCallbackZod {
  return (routes, _options, done) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    routes.post(
      '/v1/assessments',
      {
        schema: {
          summary: 'Judge one detection',
          body: assessmentTaskSchema,
          response: {
            200: riskAssessmentSchema,
            400: problemSchema,
            413: problemSchema,
            429: problemSchema,
            503: problemSchema,
          },
        },
        validatorCompiler: () => (value: unknown) => ({ value }),
        serializerCompiler: () => (value: unknown) => JSON.stringify(value),
      },
      (request, reply) => answer(assessor, request, reply, now()),
    );
    done();
  };
}

async function answer(
  assessor: Assessor,
  request: FastifyRequest,
  reply: FastifyReply,
  receivedAt: number,
): Promise<unknown> {
  const body: unknown = request.body;
  try {
    const submission = readSubmission(body instanceof Uint8Array ? body : Buffer.alloc(0), receivedAt);
    return await assessor.assess(submission);
  } catch (error) {
    if (error instanceof UnreadableTaskError) {
      return reply.code(400).send({ code: error.code, message: error.message });
    }
    if (error instanceof BusyError) {
      const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1_000));
      return reply
        .code(429)
        .header('retry-after', String(seconds))
        .send({ code: error.code, message: error.message });
    }
    if (error instanceof UnavailableError) {
      return reply.code(503).header('retry-after', '1').send({ code: error.code, message: error.message });
    }
    throw error;
  }
}
