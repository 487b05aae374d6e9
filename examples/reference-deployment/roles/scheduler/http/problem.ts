import { z } from 'zod';

/** Every answer that is no success. */
export const problemSchema = z.object({
  /** Stable; programs may branch on it. */
  code: z.string(),
  message: z.string(),
});

/** Ends a request with that answer. */
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
