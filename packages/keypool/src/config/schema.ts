import { z } from 'zod';
import { providerCatalogue } from '../providers/catalogue.js';
import { strategyCatalogue } from '../strategies/catalogue.js';

const label = z.string().min(1).or(z.number().transform(String));

// What a limit may hold; that its parts fit together is checked where limits are made.
const limit = z.strictObject({
  requests: z.number().optional(),
  tokens: z.number().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  images: z.number().optional(),
  concurrent: z.number().optional(),
  perSeconds: z.number().optional(),
  burst: z.number().optional(),
  counting: z.enum(['bucket', 'fixed', 'sliding', 'unknown']).optional(),
  perDay: z.string().optional(),
  models: z.array(z.string()).optional(),
});

const pool = z.strictObject({
  provider: z.enum([...providerCatalogue.keys()]).default('openai-compatible'),
  baseUrl: z.url().optional(),
  model: z.string().min(1).optional(),
  strategy: z.enum([...strategyCatalogue.keys()]).default('round-robin'),
  limits: z.array(limit).default([]),
  quotaGroups: z
    .array(
      z.strictObject({
        id: label,
        limits: z.array(limit).optional(),
        baseUrl: z.url().optional(),
        model: z.string().min(1).optional(),
      }),
    )
    .default([]),
  keys: z.array(
    z.strictObject({
      id: label,
      secret: z.string().min(1),
      quotaGroup: label.optional(),
      weight: z.number().optional(),
      enabled: z.boolean().optional(),
    }),
  ),
});

const several = z.strictObject({ pools: z.array(pool.extend({ name: z.string().min(1) })).min(1) });

/** One pool as a keys file writes it. */
export type PoolBlock = z.infer<typeof pool>;

/** The problems of a file, one line each: where, and what is wrong. Values are never shown. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** The pools of a keys file by name. @throws SchemaError */
export function parsePools(document: unknown): Map<string, PoolBlock> {
  const isSeveral = typeof document === 'object' && document !== null && 'pools' in document;
  if (!isSeveral) return new Map([['default', check(pool, document)]]);
  const pools = new Map<string, PoolBlock>();
  for (const { name, ...block } of check(several, document).pools) {
    if (pools.has(name)) throw new SchemaError(`pools: the name "${name}" is given twice`);
    pools.set(name, block);
  }
  return pools;
}

function check<T>(schema: z.ZodType<T>, document: unknown): T {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`);
  throw new SchemaError(lines.join('\n'));
}

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place.replace(/^\./, '') || 'the file';
}
