import type { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 10_000;
const MAX_LISTENERS = 100;
/** A listener that has not read this much is cut off; it reads the list again when it comes back. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** One server-sent event; JSON never holds a line break, so `data` is one line. */
export function formatEvent(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Everyone who listens to events over HTTP. */
export class EventStream {
  readonly #listeners = new Set<ServerResponse>();
  #heartbeat: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#listeners.size;
  }

  get full(): boolean {
    return this.#listeners.size >= MAX_LISTENERS;
  }

  /** Answers with an endless stream; events of before are not repeated. */
  join(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    this.#listeners.add(response);
    response.once('close', () => this.#leave(response));
    this.#heartbeat ??= setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS);
  }

  send(event: string, data: unknown): void {
    if (this.#listeners.size > 0) this.#write(formatEvent(event, data));
  }

  close(): void {
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
    clearInterval(this.#heartbeat);
  }

  #write(text: string): void {
    for (const listener of this.#listeners) {
      if (listener.writableLength > MAX_UNREAD_BYTES) listener.destroy();
      else listener.write(text);
    }
  }

  #leave(response: ServerResponse): void {
    this.#listeners.delete(response);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
