import { z } from 'zod';

const count = z.number().positive();
const window = {
  perSeconds: z.number().positive(),
  /** `bucket` only: how much may be spent at once by an idle account. Default: the whole count. */
  burst: z.number().positive().optional(),
  counting: z.enum(['bucket', 'fixed', 'sliding']).default('bucket'),
};

/**
 * One limit of an account. `bucket` refills evenly and holds `burst`; `fixed` counts in windows of wall-clock time;
 * `sliding` looks back over the last `perSeconds`. Sub-windows are a second, shorter limit.
 */
export const limitSchema = z.union([
  z.strictObject({ requests: count, ...window }),
  z.strictObject({ tokens: count, ...window }),
  z.strictObject({ inputTokens: count, ...window }),
  z.strictObject({ outputTokens: count, ...window }),
  z.strictObject({ images: count, ...window }),
  z.strictObject({ concurrent: z.number().int().positive() }),
]);

/** Milliseconds from a request's arrival to its answer: lognormal with this median and 95th percentile. */
export const delaySchema = z
  .strictObject({ p50Ms: z.number().nonnegative(), p95Ms: z.number().nonnegative() })
  .refine((delay) => delay.p95Ms >= delay.p50Ms, 'p95Ms must not be below p50Ms');

const quotaGroupSchema = z.strictObject({
  id: z.string().min(1),
  /** Credentials of this account; a plain text is a secret whose id becomes `<quota group>-<position>`. */
  keys: z
    .array(z.union([z.string().min(1), z.strictObject({ id: z.string().min(1), secret: z.string().min(1) })]))
    .min(1),
  /** None: the account is unlimited. */
  limits: z.array(limitSchema).default([]),
});

export const simulatorOptionsSchema = z.strictObject({
  /** 0 (the default) lets the system choose. It listens on the loopback interface only. */
  port: z.number().int().min(0).max(65_535).default(0),
  quotaGroups: z.array(quotaGroupSchema).default([]),
  delay: delaySchema.default({ p50Ms: 800, p95Ms: 1_400 }),
  /** The same seed gives the same sequence of delays and of faults drawn by share. */
  seed: z.number().int().default(1),
  /** The models it offers; any other answers 404. */
  models: z.array(z.string().min(1)).min(1).default(['simulated-vision']),
  /** Whether answers carry `x-ratelimit-*`; some providers send none. */
  rateLimitHeaders: z.boolean().default(true),
});

export type SimulatorOptions = z.input<typeof simulatorOptionsSchema>;
export type ResolvedSimulatorOptions = z.output<typeof simulatorOptionsSchema>;
export type QuotaGroupOptions = z.input<typeof quotaGroupSchema>;
export type SimulatedLimit = z.input<typeof limitSchema>;
export type ResolvedLimit = z.output<typeof limitSchema>;
export type DelayOptions = z.infer<typeof delaySchema>;
