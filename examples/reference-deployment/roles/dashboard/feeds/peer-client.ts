import { Agent, request, type Dispatcher } from 'undici';
import type { z } from 'zod';

/** Another role gave no usable answer; the message names the path and the status, never a header. */
export class PeerError extends Error {
  readonly code = 'dashboard_peer_failed';
  override readonly name = 'PeerError';
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** Where a peer's HTTP answers come from. Connections are kept open between calls. */
export class PeerClient {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #agent = new Agent({ connections: 8, headersTimeout: 10_000, bodyTimeout: 10_000 });

  constructor(address: { host: string; port: number }, headers: Record<string, string> = {}) {
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    this.#base = `http://${host}:${address.port}`;
    this.#headers = headers;
  }

  /** One call; whatever the status is. The caller reads or dumps the body. */
  async call(
    path: string,
    options: { method?: 'GET' | 'POST' | 'DELETE'; json?: unknown; signal: AbortSignal; stream?: boolean },
  ): Promise<Dispatcher.ResponseData> {
    return request(this.#base + path, {
      method: options.method ?? 'GET',
      headers: {
        ...this.#headers,
        ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      // A stream of events may stay silent between two of them.
      ...(options.stream ? { bodyTimeout: 0 } : {}),
      signal: options.signal,
      dispatcher: this.#agent,
    });
  }

  /** @throws {PeerError} unless the answer is 200 and fits the schema. */
  async json<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const response = await this.call(path, { signal });
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new PeerError(`GET ${path} answered ${response.statusCode}`, { status: response.statusCode });
    }
    const parsed = schema.safeParse(await response.body.json());
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new PeerError(`GET ${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }

  /** @throws {PeerError} unless the peer says that it is ready. */
  async ready(signal: AbortSignal): Promise<true> {
    const response = await this.call('/readyz', { signal });
    await response.body.dump();
    if (response.statusCode === 200) return true;
    throw new PeerError('not ready', { status: response.statusCode });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
