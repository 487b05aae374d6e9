import { createServer } from 'node:net';

/** Below the range that systems take for outgoing connections, so that nobody dials out from a chosen port. */
const FIRST = 20_000;
const LAST = 31_999;

/** Whether nobody listens there at this moment. */
export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done(true)));
  });
}

/** Hands out free ports, each once. */
export class FreePorts {
  readonly #claim: (port: number) => Promise<boolean>;
  readonly #given = new Set<number>();

  /** @param claim whether nobody else has chosen the port without listening there yet. */
  constructor(claim: (port: number) => Promise<boolean>) {
    this.#claim = claim;
  }

  /** `preferred` where it is free, else any; the port itself is not held. */
  async choose(host = '127.0.0.1', preferred?: number): Promise<number> {
    for (let tries = 0; tries < 200; tries += 1) {
      const port =
        tries === 0 && preferred !== undefined
          ? preferred
          : FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
      if (this.#given.has(port) || !(await isFree(port, host)) || !(await this.#claim(port))) continue;
      this.#given.add(port);
      return port;
    }
    throw new Error(`no free port found on ${host} between ${FIRST} and ${LAST}`);
  }
}
