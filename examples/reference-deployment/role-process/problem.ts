import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** Ends a request with an answer that is no success. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
    /** Seconds after which the same request may do better. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** A fastify error handler: every error becomes `{ code, message }`. What went wrong inside goes to the log alone. */
export function answerErrors(log: Pick<Logger, 'error'>) {
  return (error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) => {
    const problem = problemOf(error);
    if (problem.statusCode >= 500 && !(error instanceof Problem)) {
      log.error({ err: error, url: request.url }, 'a request failed');
    }
    if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter));
    return reply.code(problem.statusCode).send({ code: problem.code, message: problem.message });
  };
}

function problemOf(error: Error & { statusCode?: number }): Problem {
  if (error instanceof Problem) return error;
  const status = error.statusCode ?? 500;
  if (status === 413) return new Problem(413, 'body_too_large', 'the body is larger than this address takes');
  if (status < 500) return new Problem(status, 'bad_request', error.message);
  return new Problem(500, 'internal', 'an error inside this role; its log says more');
}
