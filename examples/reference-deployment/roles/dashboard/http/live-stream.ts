import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { LiveMessage } from '../live/live-state.js';
import type { Publisher } from '../live/publisher.js';

/** What may wait for a page that reads slowly; a whole state is a tenth of it. */
const MAX_UNSENT_BYTES = 1_048_576;
const MAX_CLIENTS = 200;
const SECOND_MS = 1_000;
/** Results come in bursts; one message for what a burst changes. */
const GATHER_MS = 50;

/** Pushes the live state to every page that listens on `/v1/live`. */
export class LiveStream {
  readonly #publisher: Publisher;
  readonly #clients = new Set<ServerResponse>();
  readonly #second: NodeJS.Timeout;
  readonly #gauge: Gauge;
  readonly #dropped: Counter;
  #gathering: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(options: { publisher: Publisher; http: FastifyInstance; metrics: Registry }) {
    const { publisher, http, metrics } = options;
    this.#publisher = publisher;
    this.#gauge = new Gauge({
      name: 'riskwatch_dashboard_clients',
      help: 'Pages that listen to the live state',
      registers: [metrics],
    });
    this.#dropped = new Counter({
      name: 'riskwatch_dashboard_dropped_clients_total',
      help: 'Pages cut off because they read too slowly',
      registers: [metrics],
    });
    this.#second = setInterval(() => this.#broadcast(this.#publisher.second()), SECOND_MS);
    http.get('/v1/live', (request, reply) => {
      if (this.#clients.size >= MAX_CLIENTS)
        return reply.code(503).header('retry-after', '10').send({ error: 'too many pages listen already' });
      reply.hijack();
      this.#join(reply.raw, reply.getHeaders());
      request.raw.socket.setNoDelay(true);
      return reply;
    });
  }

  /** Something that must not wait for the next second has changed. */
  changed(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      const message = this.#publisher.urgent();
      if (message) this.#broadcast(message);
    }, GATHER_MS);
  }

  close(): void {
    clearInterval(this.#second);
    clearTimeout(this.#gathering);
    for (const client of this.#clients) client.end();
    this.#clients.clear();
    this.#gauge.set(0);
  }

  #join(response: ServerResponse, headers: Record<string, unknown>): void {
    response.writeHead(200, {
      ...(headers as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    // The others are told first, so that what is sent and what this page is about to get agree.
    this.#broadcast(this.#publisher.second());
    this.#clients.add(response);
    this.#gauge.set(this.#clients.size);
    response.once('close', () => {
      this.#clients.delete(response);
      this.#gauge.set(this.#clients.size);
    });
    this.#send(response, this.#frame(this.#publisher.full()));
  }

  #broadcast(message: LiveMessage): void {
    if (this.#clients.size === 0) return;
    const frame = this.#frame(message);
    for (const client of this.#clients) this.#send(client, frame);
  }

  #frame(message: LiveMessage): string {
    this.#lastId += 1;
    return `id: ${this.#lastId}\ndata: ${JSON.stringify(message)}\n\n`;
  }

  #send(client: ServerResponse, frame: string): void {
    if (client.writableLength > MAX_UNSENT_BYTES) {
      this.#dropped.inc();
      client.destroy();
      return;
    }
    client.write(frame);
  }
}
