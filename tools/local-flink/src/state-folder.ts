import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders under a data folder that hold the job's state. */
export interface StateFolder {
  checkpoints: string;
  savepoints: string;
}

interface Snapshot {
  path: string;
  /** The checkpoint's number; absent for a savepoint. */
  number: number | undefined;
  completedAtMs: number;
}

const keptCheckpoints = 3;

export const openStateFolder = async (dataDir: string): Promise<StateFolder> => {
  const folder = { checkpoints: join(dataDir, 'checkpoints'), savepoints: join(dataDir, 'savepoints') };
  await mkdir(folder.checkpoints, { recursive: true });
  await mkdir(folder.savepoints, { recursive: true });
  return folder;
};

/**
 * The checkpoint or savepoint to go on from, or undefined. Only one that is whole counts: after a sudden end the newest
 * folder is often begun and not finished, and a job told to restore it does not start.
 */
export const newestSnapshot = async (folder: StateFolder): Promise<string | undefined> => {
  const [newest] = (await wholeSnapshots(folder)).sort(newestFirst);
  return newest?.path;
};

/**
 * Removes checkpoints that no start will ever ask for: the half-written ones, and all but the newest few. Flink keeps
 * track only of those of its own run.
 */
export const pruneCheckpoints = async (folder: StateFolder): Promise<void> => {
  const whole = (await wholeSnapshots(folder)).sort(newestFirst);
  const kept = new Set(whole.slice(0, keptCheckpoints).map(({ path }) => path));
  for (const path of await candidates(folder)) {
    if (!kept.has(path)) await rm(path, { recursive: true, force: true });
  }
};

/** Puts state that cannot be restored out of the way, and returns where it went. */
export const setAside = async (folder: StateFolder, suffix: string): Promise<string> => {
  const aside = `${folder.checkpoints}.${suffix}`;
  await rename(folder.checkpoints, aside);
  await rename(folder.savepoints, `${folder.savepoints}.${suffix}`);
  await mkdir(folder.checkpoints, { recursive: true });
  await mkdir(folder.savepoints, { recursive: true });
  return aside;
};

/** `checkpoints/<job id>/chk-<number>` and `savepoints/savepoint-<…>`. */
const candidates = async ({ checkpoints, savepoints }: StateFolder): Promise<string[]> => {
  const found: string[] = [];
  for (const jobId of await readdir(checkpoints)) {
    const names = await readdir(join(checkpoints, jobId)).catch(() => []);
    found.push(
      ...names.filter((name) => /^chk-\d+$/.test(name)).map((name) => join(checkpoints, jobId, name)),
    );
  }
  const names = await readdir(savepoints);
  found.push(...names.filter((name) => name.startsWith('savepoint-')).map((name) => join(savepoints, name)));
  return found;
};

const wholeSnapshots = async (folder: StateFolder): Promise<Snapshot[]> => {
  const whole: Snapshot[] = [];
  for (const path of await candidates(folder)) {
    const metadata = await stat(join(path, '_metadata')).catch(() => undefined);
    if (metadata === undefined) continue;
    const digits = /chk-(\d+)$/.exec(path)?.[1];
    whole.push({
      path,
      number: digits === undefined ? undefined : Number(digits),
      completedAtMs: metadata.mtimeMs,
    });
  }
  return whole;
};

/** Checkpoints by their number, which no clock can upset; a savepoint stands among them by its time. */
const newestFirst = (a: Snapshot, b: Snapshot): number =>
  a.number !== undefined && b.number !== undefined ? b.number - a.number : b.completedAtMs - a.completedAtMs;
