import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeploymentInput } from '../../config/deployment.js';

/** A built role as a process of its own, as the launcher runs it. */
export interface SpawnedRole {
  readonly url: string;
  json<T>(path: string, init?: RequestInit): Promise<T>;
  /** Resolves when `/readyz` says so; rejects with its last reasons. */
  ready(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it in order. @returns its exit code */
  stop(): Promise<number | null>;
}

const READY_MS = 30_000;

export async function spawnRole(
  role: 'storage' | 'alerts' | 'dashboard',
  deployment: DeploymentInput,
): Promise<SpawnedRole> {
  const config = join(deployment.dataDir, `${role}.json`);
  writeFileSync(config, JSON.stringify(deployment));
  const program = fileURLToPath(new URL(`../../dist/${role}.js`, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program, '--config', config], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, LOG_LEVEL: 'error' },
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [{ port }] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`${role} exited with ${code} before it listened`))),
  ])) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async json<T>(path: string, init?: RequestInit) {
      const answer = await fetch(`${url}${path}`, init);
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async ready() {
      const deadline = performance.now() + READY_MS;
      for (;;) {
        const answer = (await (await fetch(`${url}/readyz`)).json()) as { ready: boolean; reasons: string[] };
        if (answer.ready) return;
        if (performance.now() > deadline) throw new Error(`${role}: ${answer.reasons.join('; ')}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}
