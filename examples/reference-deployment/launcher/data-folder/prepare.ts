import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { acquireFileLock, type FileLock, JavaProcessError } from '@riskwatch/java-process';
import type { Locations } from './locations.js';

/** Another launcher works on this data folder. */
export class DataFolderInUseError extends Error {
  readonly code = 'data_folder_in_use';
  override readonly name = 'DataFolderInUseError';
}

/**
 * Makes the data folder ready for one run and takes it: folders, the logs of the last run put aside.
 * @throws {DataFolderInUseError} where another launcher has it.
 */
export async function takeDataFolder(locations: Locations, signal: AbortSignal): Promise<FileLock> {
  mkdirSync(locations.run, { recursive: true, mode: 0o700 });
  mkdirSync(locations.logs, { recursive: true });
  const lock = await acquireFileLock(locations.owner, { what: locations.dataDir, signal }).catch(
    (error: unknown) => {
      if (!(error instanceof JavaProcessError) || error.code !== 'locked') throw error;
      const owner = /process (\d+)/.exec(error.message)?.[1];
      throw new DataFolderInUseError(
        `Another riskwatch (process ${owner}) runs on ${locations.dataDir}. Stop that one, or give this one ` +
          'a folder of its own with --data-dir.',
        { cause: error },
      );
    },
  );
  for (const log of readdirSync(locations.logs)) {
    if (!log.endsWith('.log')) continue;
    const path = join(locations.logs, log);
    renameSync(path, `${path}.last`);
  }
  return lock;
}
