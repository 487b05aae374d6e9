import type { Usage } from '../limits/limit.js';
import { errorFields, record } from '../outcome/classify.js';
import type { Outcome } from '../outcome/outcome.js';
import { classifyByCode, codeTable } from './classify-by-code.js';
import type { ErrorAnswer, ProviderProfile } from './provider-profile.js';

const codes = codeTable({ exhausted: ['billing_error'], unavailable: ['overloaded_error', 'timeout_error'] });

/** The statuses of the error types, for errors inside a stream. */
const statuses = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

/** No code tells these from other bad requests: the words of the two messages are all there is. */
const outOfMoney =
  /^Your credit balance is too low|^You have reached your specified (workspace )?API usage limits/;
const accessResumes = /regain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC/;

/**
 * Anthropic. Limits count per organization and class of models, as token buckets that it may enforce second
 * by second; of the input, what was read from the cache is not counted.
 */
export const anthropic: ProviderProfile = {
  name: 'anthropic',
  baseUrl: 'https://api.anthropic.com',
  counting: 'bucket',
  credential: (secret) => ({ 'x-api-key': secret }),
  classify: (answer) => spendLimit(answer) ?? classifyByCode(answer, codes),
  usage,
  failureStatus: (body) =>
    record(body)?.['type'] === 'error' ? (statuses.get(errorFields(body).type) ?? 500) : undefined,
};

function spendLimit({ status, body }: ErrorAnswer): Outcome | undefined {
  const details = record(record(record(body)?.['error'])?.['details']);
  if (status === 429 && Object.values(details ?? {}).includes('enforced_spend_limit_reached'))
    return { kind: 'exhausted', reason: '429 enforced_spend_limit_reached' };
  const { message } = errorFields(body);
  if (status !== 400 || !outOfMoney.test(message)) return undefined;
  const [, date, time] = accessResumes.exec(message) ?? [];
  const until = date === undefined ? NaN : Date.parse(`${date}T${time}Z`);
  return { kind: 'exhausted', until: Number.isNaN(until) ? undefined : until, reason: '400 out of money' };
}

/** A message tells all at once; a stream tells the input when it starts and the output as it goes. */
function usage(body: unknown): Partial<Usage> | undefined {
  const answer = record(body);
  const told = record(answer?.['usage']) ?? record(record(answer?.['message'])?.['usage']);
  if (told === undefined) return undefined;
  const input = told['input_tokens'];
  const cached = told['cache_creation_input_tokens'];
  const output = told['output_tokens'];
  return {
    ...(typeof input === 'number' && { inputTokens: input + (typeof cached === 'number' ? cached : 0) }),
    ...(typeof output === 'number' && { outputTokens: output }),
  };
}
