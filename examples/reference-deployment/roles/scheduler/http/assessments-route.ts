import {
  assessmentTaskSchema,
  riskAssessmentSchema,
  type RiskAssessment,
} from '@riskwatch/kafka-adapter/messages';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { BusyError, UnavailableError, type Assessor } from '../tasks/assessor.js';
import { readSubmission, UnreadableTaskError } from '../tasks/submission.js';
import { Problem } from '../../../role-process/problem.js';
import { problemSchema } from './problem.js';

const UNAVAILABLE_RETRY_SECONDS = 1;

/**
 * `POST /v1/assessments`: a task in, its one result out, durable before the answer. The body is read leniently:
 * whatever has a task id ends in a result, so 400 means that none could be read. Whoever hangs up does not stop
 * the work.
 */
export function assessmentsRoute(
  assessor: Pick<Assessor, 'assess'>,
  now: () => number,
): FastifyPluginCallbackZod {
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
      ({ body, headers }) => assess(assessor, body, now(), headers['traceparent']),
    );
    done();
  };
}

/** @throws {Problem} where there is no result */
async function assess(
  assessor: Pick<Assessor, 'assess'>,
  body: unknown,
  receivedAt: number,
  traceparent: string | string[] | undefined,
): Promise<RiskAssessment> {
  try {
    const submission = readSubmission(body instanceof Uint8Array ? body : Buffer.alloc(0), {
      receivedAt,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    return await assessor.assess(submission);
  } catch (error) {
    if (error instanceof UnreadableTaskError) throw new Problem(400, error.code, error.message);
    if (error instanceof BusyError) {
      throw new Problem(429, error.code, error.message, Math.ceil(error.retryAfterMs / 1_000));
    }
    if (error instanceof UnavailableError) {
      throw new Problem(503, error.code, error.message, UNAVAILABLE_RETRY_SECONDS);
    }
    throw error;
  }
}
