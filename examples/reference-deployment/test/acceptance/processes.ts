import { execFileSync } from 'node:child_process';

/** Processes below `ancestor` (itself not among them) whose command line has `text` in it, by their ids. */
export function processesOf(ancestor: number, text = ''): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], {
    encoding: 'utf8',
    maxBuffer: 16_000_000,
  })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      // A zombie has ended; only its parent has not asked how.
      if (!pid || state?.startsWith('Z')) return [];
      return [{ pid: Number(pid), parent: Number(parent), command: command ?? '' }];
    });
  const below = new Set([ancestor]);
  for (let before = 0; before < below.size;) {
    before = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  below.delete(ancestor);
  return all.filter(({ pid, command }) => below.has(pid) && command.includes(text)).map(({ pid }) => pid);
}

/** Whether such a process runs (a zombie does not). */
export function isRunning(pid: number): boolean {
  try {
    return !/^Z/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    return false;
  }
}
