import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { timeoutSignal } from '../../role-process/timeout-signal.js';
import { lastWords } from './log-tail.js';
import { ServiceStartError, type RunningService } from './service.js';

export interface NodeProgram {
  /** For messages. */
  readonly name: string;
  /** The file that Node runs; it says `{ type: 'listening', port }` to its parent and ends when that goes away. */
  readonly entry: string;
  readonly args: readonly string[];
  /** Where its output goes, appended. */
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /** How it stands back for others when the processor is short, as in `os.setPriority`; default: as the launcher. */
  readonly priority?: number;
  /** Default 60 s. */
  readonly startTimeoutMs?: number;
  /** After this it is killed; default 15 s, longer than a role's own deadline. */
  readonly stopTimeoutMs?: number;
}

/**
 * Starts a Node program and waits until it listens. It gets a session of its own, so that a Ctrl-C in the terminal
 * reaches the launcher alone, which then stops everything in order.
 * @throws {ServiceStartError} where it ends or stays silent instead.
 */
export async function startNodeProgram(program: NodeProgram, signal: AbortSignal): Promise<RunningService> {
  signal.throwIfAborted();
  const log = openSync(program.logFile, 'a');
  const child = fork(program.entry, [...program.args], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
    env: program.env ?? process.env,
  });
  closeSync(log);
  if (program.priority !== undefined && child.pid !== undefined) standBack(child.pid, program.priority);
  const running = runningOf(child, program.stopTimeoutMs ?? 15_000);
  const timeoutMs = program.startTimeoutMs ?? 60_000;
  const deadline = timeoutSignal(timeoutMs);
  try {
    await Promise.race([
      listening(child, AbortSignal.any([signal, deadline])),
      running.exited.then((how) => {
        throw new ServiceStartError(
          `${program.name} ended (${how}): ${lastWords(program.logFile)}\nIts log: ${program.logFile}`,
        );
      }),
    ]);
    return running;
  } catch (error) {
    running.kill();
    await running.exited;
    signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    throw new ServiceStartError(
      `${program.name} does not listen after ${timeoutMs / 1000} s: ${lastWords(program.logFile)}\n` +
        `Its log: ${program.logFile}`,
      { cause: error },
    );
  }
}

function standBack(pid: number, priority: number): void {
  try {
    setPriority(pid, priority);
  } catch {
    // It has ended already, which its exit tells, or this system does not let us: it runs all the same.
  }
}

async function listening(child: ChildProcess, signal: AbortSignal): Promise<void> {
  for (;;) {
    const [message] = (await once(child, 'message', { signal })) as [unknown];
    if (typeof message === 'object' && message && 'type' in message && message.type === 'listening') return;
  }
}

function runningOf(child: ChildProcess, stopTimeoutMs: number): RunningService {
  const exited = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) => {
      // What a killed program has started (a video decoder) would go on in its group.
      killGroup(child);
      done(signal ?? `exit code ${code}`);
    });
  });
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      child.kill('SIGTERM');
      const deadline = setTimeout(() => killGroup(child), stopTimeoutMs);
      await exited;
      clearTimeout(deadline);
    },
    kill: () => killGroup(child),
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}
