import type { Refusal } from '../limits/account-limits.js';

/** An error as this API family sends it: status, headers and `{ error }` body. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly type: string,
    readonly code: string | null,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get body() {
    return { error: { message: this.message, type: this.type, param: null, code: this.code } };
  }
}

export const badRequest = (message: string, code: string | null = null) =>
  new ApiError(400, 'invalid_request_error', code, message);

export const invalidKey = (secret: string | undefined) =>
  secret === undefined
    ? new ApiError(401, 'invalid_request_error', null, 'No API key was sent. Use a Bearer authorization.')
    : // Providers echo a piece of the key; whoever logs this body has to redact it.
      new ApiError(
        401,
        'invalid_request_error',
        'invalid_api_key',
        `Incorrect API key provided: ${secret.slice(0, 3)}***${secret.slice(-4)}.`,
      );

export const accountDisabled = () =>
  new ApiError(403, 'invalid_request_error', 'account_deactivated', 'This account has been deactivated.');

export const insufficientQuota = () =>
  new ApiError(
    429,
    'insufficient_quota',
    'insufficient_quota',
    'You exceeded your current quota, check your plan and billing details.',
  );

export const modelNotFound = (model: string) =>
  new ApiError(404, 'invalid_request_error', 'model_not_found', `The model "${model}" does not exist.`);

export const overloaded = () =>
  new ApiError(
    503,
    'service_unavailable_error',
    'server_is_overloaded',
    'The server is overloaded, try again.',
  );

export const serverError = () =>
  new ApiError(500, 'server_error', null, 'The server had an error while processing your request.');

export function rateLimited({ dimension, limit, used, perSeconds, waitMs }: Refusal): ApiError {
  // What never fits (a request larger than the whole limit) gets no hint to wait for.
  const headers: Record<string, string> = Number.isFinite(waitMs)
    ? { 'retry-after': String(Math.ceil(waitMs / 1_000)), 'retry-after-ms': String(Math.ceil(waitMs)) }
    : {};
  const per = perSeconds === undefined ? '' : ` per ${perSeconds} s`;
  return new ApiError(
    429,
    dimension === 'requests' || dimension === 'concurrent' ? 'requests' : 'tokens',
    'rate_limit_exceeded',
    `Rate limit reached: limit ${limit} ${dimension}${per}, used ${used}.`,
    headers,
  );
}
