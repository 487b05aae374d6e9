/** What operators call an attempt's outcome: the status where it has one, else the outcome's own words. */
const answers: Readonly<Record<string, string>> = {
  rate_limited: '429',
  bad_credential: '401',
  unauthorized: '401',
  no_money: '402',
  out_of_credit: '402',
  quota_exhausted: '402',
  overloaded: '503',
  unavailable: '503',
  provider_unavailable: '503',
};
const answered = new Set(['success', 'succeeded', 'ok']);

/** The refusal that an attempt's outcome stands for; undefined when the model answered. */
export function refusalOf(outcome: string): string | undefined {
  const word = outcome.toLowerCase().replaceAll('-', '_');
  if (answered.has(word)) return undefined;
  return answers[word] ?? word.replaceAll('_', ' ');
}
