import type { HeaderReader } from '../providers/provider-profile.js';

/** Whatever is asked for beyond a day is a mistake, or will be asked for again. */
const longestMs = 86_400_000;

/**
 * How long an answer asks to be left alone, in milliseconds: `retry-after-ms`, or `Retry-After` as seconds
 * or as an HTTP date (RFC 9110 §10.2.3), at most a day. Undefined when
 * it says nothing usable.
 */
export function retryAfterMs(header: HeaderReader, now: number): number | undefined {
  const exact = numberOf(header('retry-after-ms'));
  if (exact !== undefined) return Math.min(exact, longestMs);
  const value = header('retry-after');
  const seconds = numberOf(value);
  if (seconds !== undefined) return Math.min(seconds * 1000, longestMs);
  // Every HTTP date begins with the name of a day; `Date.parse` would take "-5" for one.
  if (value === null || value === undefined || !/^[a-z]/i.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), longestMs);
}

function numberOf(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
