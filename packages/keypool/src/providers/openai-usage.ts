import type { Usage } from '../limits/limit.js';

/** `usage` of a chat completion (`prompt_tokens`) or of a response (`input_tokens`). */
export function openaiUsage(body: unknown): Usage | undefined {
  if (typeof body !== 'object' || body === null || !('usage' in body)) return undefined;
  const usage = body.usage as Record<string, unknown> | null;
  if (typeof usage !== 'object' || usage === null) return undefined;
  const inputTokens = usage['prompt_tokens'] ?? usage['input_tokens'];
  const outputTokens = usage['completion_tokens'] ?? usage['output_tokens'] ?? 0;
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined;
  return { inputTokens, outputTokens };
}
