import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Jdk } from './find-jdk.js';
import { JavaProcessError } from './java-process-error.js';
import { runCommand } from './run-command.js';

export const guardClass = 'LauncherGuard';
const source = fileURLToPath(new URL(`../java/${guardClass}.java`, import.meta.url));

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The folder (for the class path) with the compiled guard; compiled on first use of this source. */
export const compileLauncherGuard = async (
  jdk: Jdk,
  cacheFolder: string,
  signal?: AbortSignal,
): Promise<string> => {
  const version = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder, 'java', `launcher-guard-${version}`);
  const compiled = join(folder, `${guardClass}.class`);
  if (await exists(compiled)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  try {
    const args = ['--release', '17', '-encoding', 'UTF-8', '-d', fresh, source];
    const { exitCode, output } = await runCommand(jdk.javac, args, { signal });
    if (exitCode !== 0) throw new JavaProcessError('compile_failed', `${jdk.javac} failed: ${output.trim()}`);
    await rename(fresh, folder).catch(async (error: unknown) => {
      // Another starter was quicker; its class is as good.
      if (!(await exists(compiled))) throw error;
    });
    return folder;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
};
