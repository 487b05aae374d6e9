import { z } from 'zod';
import { cleanText } from '../../../role-process/clean-text.js';
import { ModelError } from './model-error.js';

const tokenCount = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** A name as results hold one: one line of at most so many characters. */
const MAX_NAME = 200;

const completionSchema = z.object({
  // What is only told and never judged by may be missing, or nonsense.
  model: z.string().optional().catch(undefined),
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: tokenCount, completion_tokens: tokenCount }).optional().catch(undefined),
});

const errorSchema = z.object({
  error: z.object({
    code: z.union([z.string(), z.number()]).nullish(),
    type: z.string().nullish(),
    message: z.string().nullish(),
  }),
});

/** What a chat completion says, before anybody believes it. */
export interface ProviderAnswer {
  readonly content: string;
  readonly refused: boolean;
  readonly cutOff: boolean;
  readonly model?: string;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

/** Reads a 200's body; undefined where it is no chat completion (a fault of the provider's). */
export function readCompletion(body: string): ProviderAnswer | undefined {
  const parsed = completionSchema.safeParse(parseJson(body));
  const choice = parsed.data?.choices[0];
  if (!parsed.success || !choice) return undefined;
  const { usage } = parsed.data;
  const model = cleanText(parsed.data.model ?? '', MAX_NAME);
  return {
    content: choice.message.content ?? '',
    refused: Boolean(choice.message.refusal) || choice.finish_reason === 'content_filter',
    cutOff: choice.finish_reason === 'length',
    ...(model && { model }),
    ...(usage && {
      usage: {
        inputTokens: Math.round(usage.prompt_tokens),
        outputTokens: Math.round(usage.completion_tokens),
      },
    }),
  };
}

const REFUSAL_CODES =
  /content_?(filter|policy)|data_?inspection|risk_?detection|sensitive|safety|moderation/i;
const IMAGE_CODES = /image/i;

/**
 * What a refused request means for its task. Codes tell more than words, and the words may quote a key: they stay
 * out of the result.
 */
export function refusedRequest(status: number, body: string): ModelError {
  const error = errorSchema.safeParse(parseJson(body)).data?.error;
  const code = [error?.code, error?.type].filter(Boolean).join(' ').slice(0, 100);
  const told = `the provider answered ${status}${code ? ` (${code})` : ''}`;
  if (REFUSAL_CODES.test(code)) return new ModelError('refused', told);
  if (IMAGE_CODES.test(code)) return new ModelError('image_rejected', told);
  if (status === 429 || status >= 500) return new ModelError('provider_unavailable', told);
  return new ModelError('request_rejected', told);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
