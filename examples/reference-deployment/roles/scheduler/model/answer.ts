import { riskLevels, type RiskLevel } from '@riskwatch/kafka-adapter/messages';
import { z } from 'zod';
import type { Policy } from '../../../config/policy.js';
import { cleanText } from '../../../role-process/clean-text.js';
import { onlyJsonObject } from './only-json-object.js';

const MAX_OBSERVATIONS = 4;
const MAX_OBSERVATION = 120;
const MAX_DESCRIPTION = 240;

/** What a model said about a picture, checked and cleaned. */
export interface Verdict {
  readonly riskLevel: RiskLevel;
  readonly hazards: readonly string[];
  readonly confidence: number;
  readonly description: string;
  readonly observations: readonly string[];
  /** The picture holds writing, which may try to speak to the model. */
  readonly textInScene: boolean;
}

export type ReadAnswer = { readonly verdict: Verdict } | { readonly problem: string };

/**
 * The contract of the model's answer under one policy. The order of the fields matters: what is observed comes
 * before what is concluded from it.
 */
export class AnswerContract {
  /** For `response_format`; strict mode wants every field required and no other. */
  readonly jsonSchema: object;
  readonly #schema;

  constructor(policy: Policy) {
    this.#schema = z.strictObject({
      observations: z.array(z.string()),
      hazards: z.array(z.enum(policy.hazards)),
      risk_level: z.enum(riskLevels),
      confidence: z.number().min(0).max(1),
      description: z.string(),
      text_in_scene: z.boolean(),
    });
    this.jsonSchema = openAiSchema(z.toJSONSchema(this.#schema));
  }

  /**
   * Reads an answer: JSON, or JSON wrapped in a fence or in words. What does not fit is a problem to tell the
   * model, never a level.
   */
  read(content: string): ReadAnswer {
    const object = onlyJsonObject(content);
    if (object === undefined) return { problem: 'the answer is not exactly one JSON object' };
    const parsed = this.#schema.safeParse(object);
    if (!parsed.success) return { problem: z.prettifyError(parsed.error) };
    const answer = parsed.data;
    const hazards = [...new Set(answer.hazards)];
    if (answer.risk_level === 'none' && hazards.length > 0) {
      return { problem: 'the level is none, yet hazards are named' };
    }
    const description = cleanText(answer.description, MAX_DESCRIPTION);
    if (description === '') return { problem: 'the description is empty' };
    return {
      verdict: {
        riskLevel: answer.risk_level,
        hazards,
        confidence: answer.confidence,
        description,
        observations: answer.observations
          .slice(0, MAX_OBSERVATIONS)
          .map((observation) => cleanText(observation, MAX_OBSERVATION)),
        textInScene: answer.text_in_scene,
      },
    };
  }
}

/** Strict structured outputs know no `$schema` and no bounds on numbers; ours are checked here anyway. */
function openAiSchema({ $schema: _, ...schema }: z.core.JSONSchema.JSONSchema): object {
  const { confidence, ...properties } = schema.properties ?? {};
  if (typeof confidence !== 'object') return schema;
  const ordered = Object.keys(schema.properties ?? {}).map((key) => [
    key,
    key === 'confidence' ? { type: 'number' } : properties[key],
  ]);
  return { ...schema, properties: Object.fromEntries(ordered) as object };
}
