import { join } from 'node:path';
import { runTurbo } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { missingPrerequisites } from './prerequisites.mjs';
import { runStep } from './step.mjs';

/** Where the logs of installing, building and checking are kept. @param {string} root @param {string} name */
export const logFileFor = (root, name) => join(root, '.riskwatch', 'logs', `${name}.log`);

/**
 * Brings a checkout to the point where its programs can be run: checks the machine, installs, builds. Says what went
 * wrong.
 * @param {{ root: string, filter?: string, signal?: AbortSignal }} options `filter`: which workspaces to build.
 * @returns {Promise<boolean>} whether all of it worked.
 */
export async function prepare({ root, filter, signal }) {
  const missing = await missingPrerequisites();
  for (const line of missing) console.error(`✖ ${line}`);
  if (missing.length > 0) return false;
  const installed =
    isInstalled(root) ||
    (await runStep('Installing packages', (onProgress) =>
      install(root, logFileFor(root, 'install'), { onProgress, ...(signal && { signal }) }),
    ));
  return (
    installed &&
    (await runStep('Building', (onProgress) =>
      runTurbo(root, 'build', logFileFor(root, 'build'), {
        onProgress,
        ...(filter && { filter }),
        ...(signal && { signal }),
      }),
    ))
  );
}
