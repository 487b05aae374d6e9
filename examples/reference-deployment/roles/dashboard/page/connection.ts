import type { LiveMessage } from '../live/live-state.js';

/** Without a message for this long, nothing on the page is current. */
export const LOST_AFTER_MS = 5_000;
const RECONNECT_MS = 2_000;
/** An open connection that stays silent for this long is given up. */
const SILENT_MS = 10_000;

/** Listens to `/v1/live` for as long as the page is open, through restarts of the server. */
export class Connection {
  readonly #onMessage: (message: LiveMessage) => void;
  readonly #openedAt = Date.now();
  #source: EventSource | undefined;
  #triedAt = 0;
  #heardAt: number | null = null;
  /** The server's clock minus this one's. */
  #offsetMs = 0;

  constructor(onMessage: (message: LiveMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** The server's time; ages and countdowns count from it. */
  get now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** When the last message came, by the server's clock; `null` before the first. */
  get heardAt(): number | null {
    return this.#heardAt === null ? null : this.#heardAt + this.#offsetMs;
  }

  get lost(): boolean {
    return Date.now() - (this.#heardAt ?? this.#openedAt) > LOST_AFTER_MS;
  }

  /** To be called every second: connects, and connects again where the browser has given up. */
  keep(): void {
    const silentMs = Date.now() - Math.max(this.#heardAt ?? 0, this.#triedAt);
    if (this.#source && this.#source.readyState !== EventSource.CLOSED && silentMs < SILENT_MS) return;
    if (Date.now() - this.#triedAt < RECONNECT_MS) return;
    this.#source?.close();
    this.#triedAt = Date.now();
    const source = new EventSource('/v1/live');
    this.#source = source;
    source.addEventListener('message', (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as LiveMessage;
      this.#heardAt = Date.now();
      this.#offsetMs = message.serverTime - this.#heardAt;
      this.#onMessage(message);
    });
  }
}
