import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandResult {
  exitCode: number;
  /** Standard output and standard error, as they came, the last megabyte. */
  output: string;
}

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  signal?: AbortSignal | undefined;
  onLine?: (line: string) => void;
}

const outputKept = 1_000_000;

/**
 * Runs a program to its end; an exit code other than 0 is a result, not an error.
 *
 * @throws the error of `spawn` when it cannot be started, the signal's reason when aborted.
 */
export const runCommand = async (
  file: string,
  args: readonly string[],
  { env, cwd, signal, onLine }: CommandOptions = {},
): Promise<CommandResult> => {
  signal?.throwIfAborted();
  const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const abort = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', abort, { once: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output = `${output}${line}\n`.slice(-outputKept);
      onLine?.(line);
    });
  }
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? -1));
    });
    signal?.throwIfAborted();
    return { exitCode, output };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
};
