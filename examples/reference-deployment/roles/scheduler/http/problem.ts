import { z } from 'zod';

/** Every answer that is no success. */
export const problemSchema = z.object({
  /** Stable; programs may branch on it. */
  code: z.string(),
  message: z.string(),
});
