import { stripVTControlCharacters } from 'node:util';

/** The part of a stream that the launcher writes to. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How often a line is repeated where nothing can be redrawn. */
const PLAIN_INTERVAL_MS = 5_000;

/** Lines that stay, and one live line below them; without a terminal the live line is a plain line now and then. */
export class Terminal {
  readonly #out: TerminalStream;
  readonly #now: () => number;
  #live = '';
  #plainAt = -Infinity;

  constructor(out: TerminalStream, now: () => number = () => performance.now()) {
    this.#out = out;
    this.#now = now;
  }

  get isLive(): boolean {
    return this.#out.isTTY === true;
  }

  /** Writes lines that stay. */
  line(text: string): void {
    this.#out.write(this.isLive ? `\r\u001B[2K${text}\n${this.#fitted()}` : `${text}\n`);
  }

  /** Redraws the live line; an empty text takes it away. */
  live(text: string): void {
    this.#live = text;
    if (this.isLive) this.#out.write(`\r\u001B[2K${this.#fitted()}`);
    else if (text && this.#now() - this.#plainAt >= PLAIN_INTERVAL_MS) {
      this.#plainAt = this.#now();
      this.#out.write(`${text}\n`);
    }
  }

  /** A line longer than the window would wrap and could not be redrawn. */
  #fitted(): string {
    const width = Math.max(20, (this.#out.columns ?? 80) - 1);
    return stripVTControlCharacters(this.#live).slice(0, width);
  }
}
