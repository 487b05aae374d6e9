import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { acquireFileLock } from './file-lock.js';
import { findMaven, type Maven } from './find-maven.js';
import { JavaProcessError } from './java-process-error.js';
import { runCommand } from './run-command.js';
import { userCacheFolder } from './user-cache-folder.js';

/** Pinned, since the version a bare Maven would take differs from release to release. */
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies';

export interface DownloadProgress {
  /** Jars that have arrived so far. */
  done: number;
  /** Jars in all. */
  total: number;
  /** The one that arrived last. */
  file: string;
}

export interface MavenArtifactsOptions {
  /** Name of the folder inside the cache, for example `kafka-4.4.0`. */
  name: string;
  /** A pom.xml whose dependencies are wanted, with all that they need. */
  pomFile: string;
  /** Lines of `<sha256>  <file name>`, as `sha256sum` prints them: exactly these jars are accepted. */
  pinsFile: string;
  /** Maven scope of the wanted jars; default `runtime`; `compile` takes provided ones too. */
  includeScope?: 'runtime' | 'compile';
  /** Default `userCacheFolder()`. */
  cacheFolder?: string | undefined;
  /** Default `findMaven()`, and only when there is something to fetch. */
  maven?: Maven | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches jars through Maven, once, and returns the folder that holds them (and nothing else). The folder appears
 * complete and checked or not at all, so that two starters do not disturb each other; the second waits.
 *
 * @throws JavaProcessError `maven_missing`, `maven_failed` (with Maven's own words) or `artifacts_differ` (naming
 *   the jar whose hash is not the pinned one).
 */
export const fetchMavenArtifacts = async (options: MavenArtifactsOptions): Promise<string> => {
  const { name, pomFile, pinsFile, includeScope = 'runtime', cacheFolder = userCacheFolder() } = options;
  const { signal } = options;
  const [pom, pinsText] = await Promise.all([readFile(pomFile), readFile(pinsFile, 'utf8')]);
  const pins = parsePins(pinsText, pinsFile);
  const version = createHash('sha256')
    .update(pom)
    .update(pinsText)
    .update(includeScope)
    .digest('hex')
    .slice(0, 12);
  const root = join(cacheFolder, 'maven');
  const folder = join(root, `${name}-${version}`);
  if (await holdsExactly(folder, pins)) return folder;

  const what = `the download of ${name}`;
  const lock = await acquireFileLock(`${folder}.lock`, { what, waitMs: Infinity, signal });
  try {
    if (await holdsExactly(folder, pins)) return folder;
    const fetched = await download({ ...options, includeScope, root, total: pins.size });
    try {
      await checkHashes(fetched, pins);
      await rm(folder, { recursive: true, force: true });
      await rename(fetched, folder);
    } finally {
      await rm(fetched, { recursive: true, force: true });
    }
    return folder;
  } finally {
    await lock.release();
  }
};

/**
 * Downloads the jars of a pom and writes the list of their hashes: how a pins file is made, by hand, when
 * dependencies change. Look at the difference before committing it.
 */
export const recordMavenPins = async (options: MavenArtifactsOptions): Promise<number> => {
  const { pinsFile, includeScope = 'runtime', cacheFolder = userCacheFolder() } = options;
  const root = join(cacheFolder, 'maven');
  const fetched = await download({ ...options, includeScope, root, total: 0 });
  try {
    const lines: string[] = [];
    for (const file of (await readdir(fetched)).toSorted()) {
      lines.push(`${await sha256Of(join(fetched, file))}  ${file}\n`);
    }
    await writeFile(pinsFile, lines.join(''));
    return lines.length;
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
};

type DownloadOptions = MavenArtifactsOptions & {
  includeScope: string;
  root: string;
  total: number;
};

const download = async (options: DownloadOptions): Promise<string> => {
  const { name, pomFile, includeScope, root, total, onProgress, signal } = options;
  const { mvn } = options.maven ?? (await findMaven(signal === undefined ? {} : { signal }));
  await mkdir(root, { recursive: true });
  const folder = await mkdtemp(join(root, `.fetching-${name}-`));
  const arrived = new Set<string>();
  const onLine = (line: string) => {
    // "Downloaded from …" when it came over the network, "Copying …" when Maven had it already.
    const file = /(?:Downloaded from \S+ \S+\/|Copying )([^/\s]+\.jar)/.exec(line)?.[1];
    if (file === undefined || arrived.has(file)) return;
    arrived.add(file);
    onProgress?.({ done: Math.min(arrived.size, total), total, file });
  };
  const args = [
    '-B',
    '-f',
    pomFile,
    copyDependencies,
    `-DincludeScope=${includeScope}`,
    `-DoutputDirectory=${folder}`,
  ];
  try {
    const { exitCode, output } = await runCommand(mvn, args, { signal, onLine });
    if (exitCode === 0) return folder;
    const said = output.split('\n').filter((line) => line.includes('ERROR'));
    throw new JavaProcessError(
      'maven_failed',
      `Maven could not fetch the jars of ${name}: ${said.slice(0, 4).join(' ') || `exit code ${exitCode}`}. ` +
        'Check the network, and the proxy or mirror in ~/.m2/settings.xml.',
    );
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

const parsePins = (text: string, file: string): Map<string, string> => {
  const pins = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, hash, name] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? [];
    if (hash === undefined || name === undefined || name !== basename(name)) {
      throw new JavaProcessError('artifacts_differ', `${file}: not a line of sha256sum: ${line}`);
    }
    pins.set(name, hash);
  }
  return pins;
};

const holdsExactly = async (folder: string, pins: ReadonlyMap<string, string>): Promise<boolean> => {
  try {
    const files = await readdir(folder);
    return files.length === pins.size && files.every((file) => pins.has(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
};

const checkHashes = async (folder: string, pins: ReadonlyMap<string, string>): Promise<void> => {
  const files = new Set(await readdir(folder));
  const wrong: string[] = [];
  for (const [file, expected] of pins) {
    if (!files.delete(file)) wrong.push(`${file} is missing`);
    else if ((await sha256Of(join(folder, file))) !== expected) wrong.push(`${file} has another hash`);
  }
  for (const file of files) wrong.push(`${file} is not on the list`);
  if (wrong.length > 0) {
    throw new JavaProcessError(
      'artifacts_differ',
      `The fetched jars are not the pinned ones: ${wrong.slice(0, 5).join('; ')}. Nothing of them was kept.`,
    );
  }
};

const sha256Of = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};
