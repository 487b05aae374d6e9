import type { IncomingHttpHeaders } from 'node:http';
import type { ProviderProfile } from '../../../src/index.js';

/** A real client package, made to look like the others, and the answers that it takes for its provider's. */
export interface ClientUnderTest {
  readonly name: string;
  readonly provider: ProviderProfile;
  /** The client at a server on this machine, its own retries off, with a placeholder for a key. */
  open(origin: string, fetch: typeof globalThis.fetch): OpenClient;
  /** The key that came with a request. */
  keyIn(headers: IncomingHttpHeaders): string;
  /** A whole answer. */
  whole(text: string): object;
  /** The events of a streamed answer, each piece of text in one of its own. */
  events(pieces: readonly string[]): string[];
  /** What the events say was used. */
  readonly streamedUsage: number;
  /** A rate limit. */
  readonly limited: object;
  /** The first and only event of a stream that fails. */
  readonly failedEvent: string;
}

export interface OpenClient {
  ask(signal?: AbortSignal): Promise<string>;
  stream(signal?: AbortSignal): AsyncIterable<string>;
}

export const placeholder = 'placeholder-of-a-key';

export const bearerIn = (headers: IncomingHttpHeaders) =>
  (headers.authorization ?? '').replace('Bearer ', '');

export const headerIn = (name: string) => (headers: IncomingHttpHeaders) => String(headers[name] ?? '');

export const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
