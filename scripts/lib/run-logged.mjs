import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const TAIL_LINES = 30;

/** A command ended badly; `logFile` holds everything it said and `tail` its last lines. */
export class CommandFailed extends Error {
  /**
   * @param {string} message
   * @param {string} logFile
   * @param {string[]} tail
   */
  constructor(message, logFile, tail) {
    super(message);
    this.name = 'CommandFailed';
    this.logFile = logFile;
    this.tail = tail;
  }
}

/**
 * Runs a command with its output in `logFile`, in a process group of its own, so that `signal` and the deadline
 * end everything it started.
 * @param {{ command: string, args: string[], cwd: string, logFile: string, env?: NodeJS.ProcessEnv,
 *   onLine?: (line: string) => void, signal?: AbortSignal, timeoutMs?: number }} options
 * @returns {Promise<void>}
 * @throws {CommandFailed} where it cannot be started, ends with another code than 0, or takes too long.
 */
export async function runLogged({
  command,
  args,
  cwd,
  logFile,
  env = process.env,
  onLine,
  signal,
  timeoutMs,
}) {
  signal?.throwIfAborted();
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  /** @type {string[]} */
  const tail = [];
  const grouped = process.platform !== 'win32';
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: grouped,
    shell: !grouped,
  });
  let why = '';
  /** @param {string} reason */
  const end = (reason) => {
    why = reason;
    if (child.pid === undefined) return;
    try {
      if (grouped) process.kill(-child.pid, 'SIGTERM');
      else child.kill();
    } catch {
      // It has ended already.
    }
  };
  const onAbort = () => end('stopped');
  signal?.addEventListener('abort', onAbort, { once: true });
  const deadline = timeoutMs
    ? setTimeout(() => end(`not done after ${timeoutMs / 1000} s`), timeoutMs)
    : undefined;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      if (line.trim()) tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      onLine?.(line);
    });
  }
  try {
    const code = await new Promise((done, fail) => {
      child.once('error', fail);
      child.once('close', (exitCode, exitSignal) => done(exitCode ?? exitSignal));
    });
    if (code !== 0 || why) throw new CommandFailed(why || `ended with ${code}`, logFile, tail);
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(error instanceof Error ? error.message : String(error), logFile, tail);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', onAbort);
    await new Promise((done) => log.end(done));
  }
}
