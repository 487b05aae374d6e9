import type { Lease } from '../lease.js';
import type { ProviderProfile } from '../providers/provider-profile.js';
import { withModel } from './json-body.js';

/** What a caller wants sent, taken apart so that it can be sent more than once. */
export interface PooledRequest {
  readonly url: URL;
  readonly init: RequestInit;
  readonly signal: AbortSignal | undefined;
  /** Its body can be sent a second time. */
  readonly replayable: boolean;
}

/** Headers in which clients send credentials; none of them may pass with the caller's placeholder in it. */
export const credentialHeaders = ['authorization', 'api-key', 'x-api-key', 'x-goog-api-key'];

/** Takes the arguments of `fetch` apart. The body of a `Request` is read here, and can then be sent again. */
export async function pooledRequest(
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<PooledRequest> {
  if (!(input instanceof Request)) {
    return {
      url: new URL(input),
      init,
      signal: init.signal ?? undefined,
      replayable: isReplayable(init.body),
    };
  }
  const body = init.body ?? (input.body === null ? null : await input.arrayBuffer());
  return {
    url: new URL(input.url),
    init: { method: input.method, headers: input.headers, redirect: input.redirect, ...init, body },
    signal: init.signal ?? input.signal,
    replayable: isReplayable(body),
  };
}

/** The request as it goes out with a lease: its credential, its model, its signal. */
export function requestInit(request: PooledRequest, lease: Lease, provider: ProviderProfile): RequestInit {
  const headers = new Headers(request.init.headers);
  for (const name of credentialHeaders) headers.delete(name);
  for (const [name, value] of Object.entries(lease.headers)) headers.set(name, value);
  const { body } = request.init;
  const { model } = lease;
  const init: RequestInit = { ...request.init, headers, signal: lease.signal };
  if (model !== undefined && body !== undefined) {
    init.body = withModel(body, model);
    headers.delete('content-length');
  }
  // On the way to another origin fetch takes `authorization` off by itself, other headers it carries along.
  const carried = Object.keys(provider.credential('')).some((name) => name.toLowerCase() !== 'authorization');
  if (carried) init.redirect = 'manual';
  return init;
}

function isReplayable(body: unknown): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof URLSearchParams ||
    body instanceof FormData
  );
}
