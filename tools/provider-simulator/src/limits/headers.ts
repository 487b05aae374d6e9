import type { AccountLimits } from './account-limits.js';

/** `x-ratelimit-*` as the OpenAI family sends them: counts as integers, resets as durations (`120ms`, `6m0s`). */
export function rateLimitHeaders(limits: AccountLimits, now: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const dimension of ['requests', 'tokens'] as const) {
    const reading = limits.read(dimension, now);
    if (!reading) continue;
    headers[`x-ratelimit-limit-${dimension}`] = String(reading.limit);
    headers[`x-ratelimit-remaining-${dimension}`] = String(reading.remaining);
    headers[`x-ratelimit-reset-${dimension}`] = duration(reading.resetMs);
  }
  return headers;
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 100) / 10;
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${Math.ceil(seconds % 60)}s`;
}
