import { errorFields, record } from '../outcome/classify.js';

/** Codes and types that OpenAI's protocol puts inside streams, by the status that they have elsewhere. */
const statuses = new Map([
  ['rate_limit_exceeded', 429],
  ['rate_limit_error', 429],
  ['insufficient_quota', 429],
  ['server_error', 500],
  ['internal_error', 500],
  ['server_is_overloaded', 503],
  ['service_unavailable_error', 503],
]);

/**
 * An error inside a stream of chat completions (`{ error }`) or of a response (`error`, `response.failed`).
 * What is none of the known codes is taken to be about the request: whoever sent it has an answer already,
 * and nobody else should pay for it.
 */
export function openaiFailureStatus(body: unknown): number | undefined {
  const event = record(body);
  if (event === undefined) return undefined;
  const failed = event['type'] === 'response.failed' ? record(event['response']) : event;
  const isError = record(failed?.['error']) !== undefined || event['type'] === 'error';
  if (!isError) return undefined;
  const { code, type } = errorFields(failed);
  const numeric = Number(code);
  if (numeric >= 400 && numeric <= 599) return numeric;
  return statuses.get(code) ?? statuses.get(type) ?? 400;
}
