import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Jdk } from './find-jdk.js';
import { compileLauncherGuard, guardClass } from './launcher-guard.js';
import { JavaProcessError } from './java-process-error.js';
import { userCacheFolder } from './user-cache-folder.js';

export interface SpawnJavaOptions {
  jdk: Jdk;
  /** Jars and folders; `folder/*` stands for all jars in it. */
  classPath: readonly string[];
  mainClass: string;
  args?: readonly string[];
  jvmArgs?: readonly string[];
  /** Added to the environment of this process. */
  env?: NodeJS.ProcessEnv;
  workingFolder?: string;
  /** Everything the JVM prints is appended here. */
  logFile?: string | undefined;
  /** Where the launcher guard's class is kept; default `userCacheFolder()`. */
  cacheFolder?: string | undefined;
  /** Stops the JVM when aborted. */
  signal?: AbortSignal | undefined;
}

export interface JavaExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running JVM. It ends, within ten seconds, when this process does, even by `kill -9`. */
export interface JavaProcess {
  readonly pid: number;
  /** Resolves when the JVM has ended and all its output is in. Never rejects. */
  readonly exited: Promise<JavaExit>;
  /** Calls the listener with each further line of output; returns how to take it off again. */
  onLine(listener: (line: string) => void): () => void;
  /** The last lines of output, oldest first. */
  lastLines(): string[];
  /**
   * Waits for a line that matches.
   *
   * @throws JavaProcessError `exited_early` (with the last lines) or `not_ready`; the signal's reason when aborted.
   */
  waitForLine(
    pattern: RegExp,
    options: { deadlineMs: number; signal?: AbortSignal | undefined },
  ): Promise<string>;
  /** Asks the JVM to end (SIGTERM) and kills it when it has not by the deadline (default 10 s). */
  stop(options?: { deadlineMs?: number }): Promise<JavaExit>;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<JavaExit>;
}

const linesKept = 40;
const stopDeadlineMs = 10_000;

/**
 * Starts a Java program.
 *
 * @throws JavaProcessError `compile_failed` or `start_failed`; the signal's reason when aborted before the start.
 */
export const spawnJava = async (options: SpawnJavaOptions): Promise<JavaProcess> => {
  const { jdk, classPath, mainClass, args = [], jvmArgs = [], env, workingFolder, logFile, signal } = options;
  const guard = await compileLauncherGuard(jdk, options.cacheFolder ?? userCacheFolder(), signal);
  if (logFile !== undefined) await mkdir(dirname(logFile), { recursive: true });
  signal?.throwIfAborted();
  const classPathArgument = [guard, ...classPath].join(delimiter);
  const child = spawn(jdk.java, [...jvmArgs, '-cp', classPathArgument, guardClass, mainClass, ...args], {
    cwd: workingFolder,
    env: { ...process.env, ...env },
    // The guard reads the other end of stdin; it is never written to.
    stdio: ['pipe', 'pipe', 'pipe'],
    // A session of its own: a Ctrl-C in the terminal is for the launcher, which stops everything in order.
    detached: process.platform !== 'win32',
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new JavaProcessError('start_failed', `${jdk.java} could not be started: ${error.message}`));
    });
  });
  return new RunningJava(child, mainClass, logFile, signal);
};

class RunningJava implements JavaProcess {
  readonly pid: number;
  readonly exited: Promise<JavaExit>;
  readonly #child: ChildProcess;
  readonly #mainClass: string;
  readonly #listeners = new Set<(line: string) => void>();
  readonly #lines: string[] = [];

  constructor(
    child: ChildProcess,
    mainClass: string,
    logFile: string | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#child = child;
    this.#mainClass = mainClass;
    this.pid = child.pid!;
    const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' });
    // A full disk must not take the launcher down with it.
    log?.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#take(line, log));
    }
    const onAbort = () => void this.stop();
    this.exited = new Promise((resolve) => {
      child.once('close', (code, exitSignal) => {
        signal?.removeEventListener('abort', onAbort);
        log?.end();
        resolve({ code, signal: exitSignal });
      });
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
  }

  #take(line: string, log: WriteStream | undefined): void {
    log?.write(`${line}\n`);
    this.#lines.push(line);
    if (this.#lines.length > linesKept) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }

  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  lastLines(): string[] {
    return [...this.#lines];
  }

  async waitForLine(
    pattern: RegExp,
    { deadlineMs, signal }: { deadlineMs: number; signal?: AbortSignal | undefined },
  ): Promise<string> {
    signal?.throwIfAborted();
    const already = this.#lines.find((line) => pattern.test(line));
    if (already !== undefined) return already;
    const { promise, resolve, reject } = withResolvers<string>();
    const off = this.onLine((line) => {
      if (pattern.test(line)) resolve(line);
    });
    const failWith = (code: 'exited_early' | 'not_ready', what: string) =>
      reject(
        new JavaProcessError(code, `${this.#mainClass} ${what}. It printed:\n${this.#lines.join('\n')}`),
      );
    const timer = setTimeout(() => failWith('not_ready', `was not ready after ${deadlineMs} ms`), deadlineMs);
    const onAbort = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
    void this.exited.then(({ code, signal: by }) =>
      failWith('exited_early', `ended at once (${by ?? `code ${code}`})`),
    );
    try {
      return await promise;
    } finally {
      off();
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async stop({ deadlineMs = stopDeadlineMs }: { deadlineMs?: number } = {}): Promise<JavaExit> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), deadlineMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): Promise<JavaExit> {
    this.#child.kill('SIGKILL');
    return this.exited;
  }
}

const withResolvers = <T>() => {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};
