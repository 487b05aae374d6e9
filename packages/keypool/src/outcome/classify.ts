import type { HeaderReader, ProviderProfile } from '../providers/provider-profile.js';
import { retryAfterMs } from './retry-after.js';
import { ok, type Outcome, type OutcomeKind } from './outcome.js';

/** Codes of Node and undici for "the endpoint was not reached, or the connection broke". */
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** And for "it was reached, but what it spoke was no HTTP, no TLS or under a wrong certificate, no such compression". */
const protocolCodes =
  /^(HPE_|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|Z_|EPROTO$)/;

const kinds: ReadonlySet<string> = new Set<OutcomeKind>([
  'ok',
  'rate-limited',
  'exhausted',
  'bad-key',
  'unavailable',
  'rejected',
  'aborted',
  'unclassified',
]);

export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'kind' in value && kinds.has(value.kind as string);
}

/** Something that looks like an HTTP answer: a `Response`, undici's answer, an SDK's error. */
interface Answer {
  readonly status: number;
  readonly header: HeaderReader;
  readonly body: unknown;
}

/** What a value returned by a call means. Whatever is no HTTP answer counts as success. */
export function classifyValue(profile: ProviderProfile, value: unknown, now: number): Outcome {
  if (isOutcome(value)) return value;
  const answer = answerOf(value);
  if (answer === undefined || (answer.status >= 200 && answer.status < 400)) return ok;
  return profile.classify({ ...answer, now });
}

/** What an error thrown by a call means. */
export function classifyError(profile: ProviderProfile, error: unknown, now: number): Outcome {
  const answer = answerOf(error);
  if (answer !== undefined) return profile.classify({ ...answer, now });
  const code = connectionFault(error);
  return code === undefined
    ? { kind: 'unclassified', reason: nameOf(error) }
    : { kind: 'unavailable', reason: code };
}

/**
 * The error body of a `Response` that is no success, read from a copy so that the caller still has it;
 * undefined for anything else.
 */
export async function readErrorBody(value: unknown): Promise<unknown> {
  if (!(value instanceof Response) || value.ok || value.bodyUsed || value.body === null) return undefined;
  try {
    return parseBody(await value.clone().text());
  } catch {
    return undefined;
  }
}

/** JSON where it is JSON, else the text. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Looks into fields that many providers share: `error.code`, `error.type`, `error.status`, `error.message`. */
export function errorFields(body: unknown): { code: string; type: string; message: string } {
  const outer = record(body);
  const inner = record(outer?.['error']) ?? outer;
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return {
    code: text(inner?.['code']),
    type: text(inner?.['type']) || text(inner?.['status']),
    message: text(inner?.['message']) || (typeof body === 'string' ? body.slice(0, 2000) : ''),
  };
}

/** By status alone: what most providers mean by it. Profiles start from it and correct it. */
export function classifyStatus(
  status: number,
  header: HeaderReader,
  now: number,
  reason = `${status}`,
): Outcome {
  const wait = retryAfterMs(header, now);
  if (status === 429) return { kind: 'rate-limited', retryAfterMs: wait, reason };
  if (status === 402) return { kind: 'exhausted', retryAfterMs: wait, reason };
  if (status === 401 || status === 403) return { kind: 'bad-key', reason };
  if (status === 408 || status >= 500) return { kind: 'unavailable', retryAfterMs: wait, reason };
  return { kind: 'rejected', reason };
}

function answerOf(value: unknown): Answer | undefined {
  const fields = record(value);
  if (fields === undefined) return undefined;
  const status = fields['status'] ?? fields['statusCode'];
  if (typeof status !== 'number' || status < 100 || status > 599) return undefined;
  const headers =
    record(fields['headers']) ??
    record(fields['responseHeaders']) ??
    record(record(fields['response'])?.['headers']);
  if (headers === undefined && !(value instanceof Error)) return undefined;
  // The OpenAI and Anthropic clients keep the parsed body in `error`, Vercel's its text in `responseBody`,
  // others one or the other in `body`.
  const text = fields['responseBody'];
  const body =
    fields['error'] ??
    (typeof text === 'string' ? parseBody(text) : value instanceof Response ? undefined : fields['body']);
  return { status, header: headerReader(headers), body };
}

function headerReader(headers: Record<string, unknown> | undefined): HeaderReader {
  if (headers === undefined) return () => undefined;
  if (typeof headers['get'] === 'function') return (name) => (headers as unknown as Headers).get(name);
  return (name) => {
    const value = headers[name];
    return typeof value === 'string' ? value : Array.isArray(value) ? String(value[0]) : undefined;
  };
}

function connectionFault(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth += 1) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && (connectionCodes.has(code) || protocolCodes.test(code))) return code;
    current = cause;
  }
  return undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The value as an object that can be looked into, if it is one. */
export function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
