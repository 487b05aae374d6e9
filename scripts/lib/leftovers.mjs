import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const MARK = 'RISKWATCH_TEST_RUN';

/**
 * Environment that every process started below inherits, by which `leftovers` knows them.
 * @param {string} runId
 */
export const marked = (runId) => ({ ...process.env, [MARK]: runId });

/**
 * The processes that carry the mark of this run. Only Linux lets one look; elsewhere the answer is always empty.
 * @param {string} runId
 * @returns {{ pid: number, command: string }[]}
 */
export function processesOf(runId) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(`${MARK}=${runId}`))
          return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), command: command.slice(0, 160) }];
      } catch {
        return []; // Gone, or another user's.
      }
    });
}

/**
 * Waits for the run's processes to end by themselves, then ends what is left and says what it was.
 * @param {string} runId
 * @param {number} graceMs
 */
export async function endLeftovers(runId, graceMs) {
  const deadline = Date.now() + graceMs;
  while (processesOf(runId).length > 0 && Date.now() < deadline) await sleep(200);
  const left = processesOf(runId);
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended in this moment.
    }
  }
  return left;
}
