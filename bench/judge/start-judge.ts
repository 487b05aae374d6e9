import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { JudgeOptions, JudgeReport } from './judge-options.js';

/** A judge in a process of its own; it ends with `stop`, or when this process does. */
export async function startJudge(options: JudgeOptions) {
  const path = fileURLToPath(new URL('judge.ts', import.meta.url));
  const child = fork(path, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The judge ended by itself with exit code ${String(code)}.`);
  });
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
  ended.catch(() => undefined);
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    report: async () => (await (await fetch(`${origin}/report`)).json()) as JudgeReport,
    stop: () => child.disconnect(),
  };
}
