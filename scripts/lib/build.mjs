import { join } from 'node:path';
import { runLogged } from './run-logged.mjs';

/**
 * Runs a turbo task over the workspaces; what has not changed comes out of its cache.
 * @param {string} root
 * @param {string} task
 * @param {string} logFile
 * @param {{ filter?: string, onProgress?: (text: string) => void, signal?: AbortSignal, timeoutMs?: number }} [options]
 */
export function runTurbo(root, task, logFile, { filter, onProgress, signal, timeoutMs } = {}) {
  return runLogged({
    command: process.execPath,
    args: [
      join(root, 'node_modules', 'turbo', 'bin', 'turbo'),
      'run',
      task,
      '--ui=stream',
      '--no-update-notifier',
      ...(filter ? [`--filter=${filter}`] : []),
    ],
    cwd: root,
    logFile,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    ...(signal && { signal }),
    ...(timeoutMs && { timeoutMs }),
    onLine: (line) => {
      const workspace = /^@riskwatch\/([\w-]+):/.exec(line)?.[1];
      if (workspace) onProgress?.(workspace);
    },
  });
}
