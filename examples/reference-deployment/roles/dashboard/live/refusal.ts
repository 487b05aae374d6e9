/** The status that stands for an attempt's outcome where the attempt does not name the provider's own. */
const answers: Readonly<Record<string, string>> = {
  'rate-limited': '429',
  exhausted: '402',
  'bad-key': '401',
  unavailable: '503',
  rejected: '400',
};
/** Nobody refused: the model answered, or we ended the call ourselves. */
const unrefused = new Set(['ok', 'aborted']);
const LONGEST_REASON = 5;

/** What the provider refused an attempt with, as operators say it; undefined when nobody refused. */
export function refusalOf(outcome: string, reason?: unknown): string | undefined {
  if (unrefused.has(outcome)) return undefined;
  if (typeof reason === 'string' && reason !== '' && reason.length <= LONGEST_REASON) return reason;
  return answers[outcome] ?? outcome;
}
