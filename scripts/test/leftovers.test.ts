import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { endLeftovers, marked, processesOf } from '../lib/leftovers.mjs';

it.runIf(process.platform === 'linux')(
  'finds and ends what a run has left behind, and nothing else',
  async () => {
    const runId = randomUUID();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      env: marked(runId),
      detached: true,
    });
    await once(child, 'spawn');
    const exited = once(child, 'exit');
    expect(processesOf(randomUUID())).toEqual([]);
    await expect.poll(() => processesOf(runId).map(({ pid }) => pid)).toEqual([child.pid]);
    const left = await endLeftovers(runId, 0);
    expect(left).toEqual([{ pid: child.pid, command: expect.stringContaining('setInterval') as string }]);
    await exited;
    expect(processesOf(runId)).toEqual([]);
  },
);
