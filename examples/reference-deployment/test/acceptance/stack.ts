import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { locationsIn, type Locations } from '../../launcher/data-folder/locations.js';
import { loadDeployment } from '../../config/load-deployment.js';
import type { Deployment } from '../../config/deployment.js';
import type { Report } from '../../launcher/report/report.js';

const startScript = fileURLToPath(new URL('../../../../scripts/start.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The system as a user starts it: the command of `npm start`, in a process of its own. */
export class Stack {
  readonly dataDir: string;
  readonly locations: Locations;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #output = '';

  private constructor(child: ChildProcess, dataDir: string) {
    this.dataDir = dataDir;
    this.locations = locationsIn(dataDir);
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    this.#ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      output: this.#output,
    }));
  }

  /** Starts it on a data folder of its own, or on one that is there; does not wait. */
  static launch(
    args: readonly string[],
    dataDir = mkdtempSync(join(tmpdir(), 'riskwatch-acceptance-')),
  ): Stack {
    const child = spawn(process.execPath, [startScript, '--no-open', '--data-dir', dataDir, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Stack(child, dataDir);
  }

  /** Starts it and waits until it says that it is ready. */
  static async start(args: readonly string[], dataDir?: string): Promise<Stack> {
    const stack = Stack.launch(args, dataDir);
    await stack.saw(/✔ Ready/);
    return stack;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  get deployment(): Deployment {
    return loadDeployment(this.locations.deployment);
  }

  /** Where the keys file points. */
  get providerOrigin(): string {
    const keysFile = parse(readFileSync(this.deployment.scheduler.keysFile, 'utf8')) as { baseUrl: string };
    return new URL(keysFile.baseUrl).origin;
  }

  /** Waits until it has printed something; fails with all that it printed when it ends before. */
  async saw(pattern: RegExp): Promise<void> {
    const end = this.#ended.then(({ code }) => {
      throw new Error(`it ended (${code}) before ${String(pattern)} was seen:\n${this.#output}`);
    });
    end.catch(() => {});
    while (!pattern.test(this.#output)) {
      await Promise.race([once(this.#child.stdout!, 'data'), end]);
    }
  }

  /** Waits until it has ended by itself. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Ctrl-C, and what is left of it afterwards. */
  async stop(): Promise<Ended> {
    this.#child.kill('SIGINT');
    return this.#ended;
  }

  /** kill -9 of the launcher itself. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Everything that its processes have logged. */
  logs(): string {
    const { logs } = this.locations;
    return readdirSync(logs)
      .map((name) => readFileSync(join(logs, name), 'utf8'))
      .join('');
  }

  readReport(path: string): Report {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  }

  /** Ends what still runs and removes the data folder. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
