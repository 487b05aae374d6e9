import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JavaProcessError } from './java-process-error.js';
import { identityOf, isSameProcessRunning, type ProcessIdentity } from './process-identity.js';

export interface FileLockOptions {
  /** What is locked, for the message: `the data folder …`. */
  what: string;
  /** How long to wait for an owner that lives; default 0, `Infinity` waits until aborted. */
  waitMs?: number;
  signal?: AbortSignal | undefined;
}

export interface FileLock {
  /** Names a further process that must have ended before the lock counts as left behind. */
  addOwner(pid: number): Promise<void>;
  release(): Promise<void>;
}

interface LockContent {
  token: string;
  /** The process that took the lock, then those it started for it. */
  owners: ProcessIdentity[];
}

const pollMs = 100;
/** Processes of a dead owner end by themselves (`LauncherGuard`); so long they are waited for. */
const orphanWaitMs = 12_000;

/**
 * Takes a lock that is held by being a file. It outlives its owner's sudden death only until the next one comes: a
 * lock none of whose processes runs any more is taken over.
 *
 * @throws JavaProcessError `locked`, naming the owner's process id; the signal's reason when aborted.
 */
export const acquireFileLock = async (
  file: string,
  { what, waitMs = 0, signal }: FileLockOptions,
): Promise<FileLock> => {
  await mkdir(dirname(file), { recursive: true });
  const content: LockContent = { token: randomUUID(), owners: [identityOf(process.pid)!] };
  const write = (): Promise<void> => writeFile(`${file}.${content.token}`, JSON.stringify(content));
  await write();
  try {
    for (let waitedMs = 0; !(await tryCreate(file, content.token)); waitedMs += pollMs) {
      const holder = await readLock(file);
      const running = holder?.owners.filter(isSameProcessRunning) ?? [];
      if (holder !== undefined && running.length === 0) {
        if (await takeOver(file, content.token, holder.token)) break;
        await sleep(pollMs, undefined, { signal });
        continue;
      }
      const [owner] = running;
      if (owner !== undefined) {
        const isOrphan = owner.pid !== holder?.owners[0]?.pid;
        if (waitedMs >= (isOrphan ? Math.max(waitMs, orphanWaitMs) : waitMs)) {
          throw new JavaProcessError(
            'locked',
            `${what} is in use by process ${owner.pid} (lock file ${file})`,
          );
        }
      }
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await rm(`${file}.${content.token}`, { force: true });
  }
  return {
    async addOwner(pid) {
      const identity = identityOf(pid);
      if (identity === undefined) return;
      content.owners.push(identity);
      await write();
      await rename(`${file}.${content.token}`, file);
    },
    async release() {
      if ((await readLock(file))?.token === content.token) await rm(file, { force: true });
    },
  };
};

/** The lock appears with its content in one step, or not at all. */
const tryCreate = (file: string, token: string): Promise<boolean> => tryLink(`${file}.${token}`, file);

const tryLink = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const readLock = async (file: string): Promise<LockContent | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockContent;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/**
 * Puts our lock in the place of a dead one; the place is never empty meanwhile. Of several who find the same dead lock
 * one gets to name itself its heir, which a file named after the dead lock's token decides; an heir that died as well
 * has an heir of its own. Whoever comes when all that is over finds another lock in the place and lets it be.
 */
const takeOver = async (file: string, token: string, staleToken: string): Promise<boolean> => {
  const passed: string[] = [];
  for (let heirOf = staleToken; ;) {
    const heirFile = `${file}.heir-of-${heirOf}`;
    if (await tryLink(`${file}.${token}`, heirFile)) {
      passed.push(heirFile);
      break;
    }
    const heir = await readLock(heirFile);
    if (heir === undefined || heir.owners.some(isSameProcessRunning)) return false;
    passed.push(heirFile);
    heirOf = heir.token;
  }
  const isStillThere = (await readLock(file))?.token === staleToken;
  if (isStillThere) await rename(`${file}.${token}`, file);
  for (const heirFile of passed) await rm(heirFile, { force: true });
  return isStillThere;
};
