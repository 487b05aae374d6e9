import { record } from '../outcome/classify.js';
import type { Usage } from '../limits/limit.js';

/**
 * `usage` of a chat completion (`prompt_tokens`) or of a response (`input_tokens`), whole or in the last event
 * of its stream.
 */
export function openaiUsage(body: unknown): Usage | undefined {
  const answer = record(body);
  const usage = record(answer?.['usage']) ?? record(record(answer?.['response'])?.['usage']);
  const inputTokens = usage?.['prompt_tokens'] ?? usage?.['input_tokens'];
  const outputTokens = usage?.['completion_tokens'] ?? usage?.['output_tokens'] ?? 0;
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined;
  return { inputTokens, outputTokens };
}
