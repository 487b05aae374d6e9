import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { riskLevels } from '@riskwatch/kafka-adapter/messages';
import { z } from 'zod';
import { parseYaml } from './parse-yaml.js';

const text = z.string().trim().min(1);
const name = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/);

/** What the prompt must leave room for; each is filled in from the policy. */
export const promptPlaceholders = ['{levels}', '{hazards}', '{language}'] as const;

/** The keys file names the model; the rest is what the scheduler asks and how it reads the answer. */
const ownParameters = new Set(['model', 'messages', 'response_format', 'stream']);

const floorRuleSchema = z.strictObject({
  name,
  /** The rule holds for groups of this size or larger. */
  peopleAtLeast: z.number().int().min(1).default(1),
  /** Only on these cameras; absent: on all of them. */
  cameras: z.array(text).min(1).optional(),
  /** The least that such a group is judged, whatever the model says. */
  level: z.enum(riskLevels),
});

/** What is dangerous here, in which words it is asked and told, and what the model may never talk down. */
export const policySchema = z.strictObject({
  /** Part of every task's id: a new version judges what it sees from then on anew. */
  version: z.string().min(1).max(200),
  /** Language of the descriptions, as one would say it to a person: `English`, `Chinese (zh)`. */
  language: text,
  hazards: z.array(name).min(1).max(32),
  /** What each level means, told by the response that it needs. */
  levels: z.strictObject(Object.fromEntries(riskLevels.map((level) => [level, text])) as Levels),
  floor: z.array(floorRuleSchema).default([]),
  /** Goes into each request to the model as it stands, such as `max_tokens` or `temperature`. */
  parameters: z
    .record(
      z.string().refine((parameter) => !ownParameters.has(parameter), 'is set by the scheduler itself'),
      z.union([z.number(), z.string(), z.boolean()]),
    )
    .default({}),
  prompt: text.refine(
    (prompt) => promptPlaceholders.every((placeholder) => prompt.includes(placeholder)),
    `must contain ${promptPlaceholders.join(', ')}`,
  ),
});

type Levels = Record<(typeof riskLevels)[number], typeof text>;
export type Policy = z.infer<typeof policySchema>;
export type FloorRule = z.infer<typeof floorRuleSchema>;

/** The policy cannot be read or does not say what it must; the message names file, place and rule. */
export class PolicyError extends Error {
  readonly code = 'policy_invalid';
  override readonly name = 'PolicyError';
}

/** The policy that ships with the deployment. */
export const defaultPolicyFile = fileURLToPath(new URL('../config/policy.yaml', import.meta.url));

/**
 * Reads a policy file (YAML or JSON).
 * @throws {PolicyError} where it cannot be read or breaks the schema.
 */
export function loadPolicy(path: string = defaultPolicyFile): Policy {
  let raw: unknown;
  try {
    raw = parseYaml(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new PolicyError(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const parsed = policySchema.safeParse(raw);
  if (!parsed.success) throw new PolicyError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
