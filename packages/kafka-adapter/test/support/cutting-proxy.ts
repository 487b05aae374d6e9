import { connect, createServer, type Server, type Socket } from 'node:net';

const produceApiKey = 0;
const headerBytes = 6;

/** Tells where requests begin in a stream of Kafka's length-prefixed frames. */
class RequestScanner {
  #header = Buffer.alloc(0);
  #remaining = 0;

  /** API keys of the requests that end within the chunk. */
  ended(chunk: Buffer): number[] {
    const keys: number[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#remaining === 0) {
        const missing = headerBytes - this.#header.length;
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#header.length < headerBytes) break;
        this.#remaining = this.#header.readInt32BE(0) + 4 - headerBytes;
      }
      const part = Math.min(this.#remaining, rest.length);
      this.#remaining -= part;
      rest = rest.subarray(part);
      if (this.#remaining > 0) break;
      keys.push(this.#header.readInt16BE(4));
      this.#header = Buffer.alloc(0);
    }
    return keys;
  }
}

/**
 * Stands before a broker and can lose an acknowledgement: it lets a produce request through and cuts the connection
 * in place of the answer, as a broker's death or a load balancer would.
 */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target = 0;
  /** Produce requests to let pass before the one whose answer is lost; negative: none is lost. */
  #passes = -1;
  cuts = 0;

  private constructor() {
    this.#server = createServer((client) => this.#join(client));
  }

  static async listen(): Promise<CuttingProxy> {
    const proxy = new CuttingProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  forwardTo(port: number): void {
    this.#target = port;
  }

  /** Loses the answer to the produce request after the next `passes` ones. */
  loseAcknowledgementAfter(passes: number): void {
    this.#passes = passes;
  }

  #join(client: Socket): void {
    const broker = connect(this.#target, '127.0.0.1');
    const scanner = new RequestScanner();
    let isCutting = false;
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      for (const key of scanner.ended(chunk)) {
        if (key !== produceApiKey || this.#passes < 0) continue;
        if (this.#passes === 0) isCutting = true;
        this.#passes -= 1;
      }
      broker.write(chunk);
    });
    broker.on('data', (chunk: Buffer) => {
      if (!isCutting) return void client.write(chunk);
      this.cuts += 1;
      client.destroy();
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
