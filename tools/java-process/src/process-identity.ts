import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that cannot be confused with a later one of the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the system's own words; empty where that cannot be known. */
  startedAt: string;
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Field 22 of `/proc/<pid>/stat` on Linux; field 2, the name, may hold blanks and brackets. */
const readProc = (pid: number): { state: string; startedAt: string } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
};

const readPs = (pid: number): string => {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
};

/** The identity of a running process, `undefined` when there is none (or only its zombie). */
export const identityOf = (pid: number): ProcessIdentity | undefined => {
  if (!isRunning(pid)) return undefined;
  if (process.platform === 'linux') {
    const proc = readProc(pid);
    if (proc?.state === 'Z' || proc?.state === 'X') return undefined;
    return { pid, startedAt: proc?.startedAt ?? '' };
  }
  return { pid, startedAt: process.platform === 'win32' ? '' : readPs(pid) };
};

/** Whether that very process still runs. */
export const isSameProcessRunning = ({ pid, startedAt }: ProcessIdentity): boolean => {
  const now = identityOf(pid);
  return now !== undefined && (now.startedAt === '' || startedAt === '' || now.startedAt === startedAt);
};
