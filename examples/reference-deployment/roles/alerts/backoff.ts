const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
const LONGEST_TOLD_MS = 60 * 60_000;

/**
 * Milliseconds to the next attempt after `attempts` failed ones: 1 s, doubled up to 5 min, of which a random half is
 * taken off so that alerts of one outage do not return in step. What the receiver asked for (`Retry-After`) is obeyed
 * up to an hour.
 */
export function retryDelayMs(attempts: number, random: () => number, toldMs?: number): number {
  const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempts - 1));
  const delay = grown * (1 - random() / 2);
  return toldMs === undefined ? delay : Math.max(delay, Math.min(toldMs, LONGEST_TOLD_MS));
}

/** The milliseconds that a `Retry-After` header (seconds or an HTTP date) asks for; undefined where it says nothing usable. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
