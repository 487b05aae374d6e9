import { spawn } from 'node:child_process';

export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** The last line of what the tool complained about. */
  readonly complaint: string;
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

const KEPT = 262_144;

/**
 * Runs a program of the machine to its end.
 * @returns `undefined` where there is no such program.
 * @throws the signal's reason when it aborts.
 */
export async function runTool(
  command: readonly [string, ...string[]],
  { cwd, env, signal, timeoutMs }: ToolOptions,
): Promise<ToolResult | undefined> {
  signal?.throwIfAborted();
  const [program, ...args] = command;
  const deadline = AbortSignal.timeout(timeoutMs);
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-KEPT)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-KEPT)));
  const code = await new Promise<number | NodeJS.ErrnoException | null>((done) => {
    child.once('error', done);
    child.once('close', done);
  });
  signal?.throwIfAborted();
  if (code instanceof Error && code.code === 'ENOENT') return undefined;
  const complaint = deadline.aborted ? `no end after ${timeoutMs / 1000} s` : lastLine(stderr);
  return { ok: code === 0, stdout, complaint: complaint || lastLine(stdout) || `${program} failed` };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';
