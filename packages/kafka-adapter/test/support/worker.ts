import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface WorkerOptions {
  brokers: string;
  topic: string;
  consumerGroup: string;
  handleMs: number;
  /** For messages with the key `slow`. */
  slowMs: number;
}

/** `worker.mjs` as a child process, and what it has said so far. */
export class Worker {
  readonly #child: ChildProcess;
  readonly begun: number[] = [];
  readonly done: number[] = [];
  isJoined = false;

  constructor({ brokers, topic, consumerGroup, handleMs, slowMs }: WorkerOptions) {
    const script = fileURLToPath(new URL('worker.mjs', import.meta.url));
    const args = [script, brokers, topic, consumerGroup, String(handleMs), String(slowMs)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, offset] = line.split(' ');
      if (word === 'begun') this.begun.push(Number(offset));
      else if (word === 'done') this.done.push(Number(offset));
      else this.isJoined = true;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}
