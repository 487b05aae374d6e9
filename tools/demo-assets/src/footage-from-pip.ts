import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssetError } from './errors.js';
import type { FootageRoute } from './footage.js';
import { OPENCV_ARCHIVE } from './opencv-archive.js';
import { runTool } from './run-tool.js';

const PYTHONS: readonly [string, ...string[]][] = [['python3'], ['python'], ['py', '-3']];

/**
 * Where there is a pip: it knows the user's index, proxy and certificates. pip unpacks the archive and then wants the
 * package's metadata, which would take minutes in a build environment of its own. It gets none, so that step fails at
 * once, and `--no-clean` leaves the unpacked tree in our folder: what counts is the clip, not pip's exit code.
 */
export const fetchFromPip: FootageRoute = async (workDir, clip, { env, signal }) => {
  const python = await findPython(env, signal);
  if (!python) throw new AssetError('asset_unavailable', 'there is no Python with pip');
  const unpacked = join(workDir, 'unpacked');
  const requirements = join(workDir, 'requirements.txt');
  await mkdir(unpacked);
  const { project, version, sha256, clipFolder } = OPENCV_ARCHIVE;
  await writeFile(requirements, `${project}==${version} --hash=sha256:${sha256}\n`);
  const run = await runTool(
    [
      ...python,
      ...['-m', 'pip', 'download', '--no-input', '--no-cache-dir', '--no-deps', '--require-hashes'],
      ...['--no-binary', project, '--no-build-isolation', '--no-clean'],
      ...['--dest', join(workDir, 'archives'), '--requirement', requirements],
    ],
    {
      cwd: workDir,
      env: { ...env, TMPDIR: unpacked, TEMP: unpacked, TMP: unpacked },
      signal,
      timeoutMs: 600_000,
    },
  );
  const found = await findBelow(unpacked, join(clipFolder, clip.name), 3);
  if (!found) throw new AssetError('asset_unavailable', run?.complaint ?? 'pip went away');
  return found;
};

async function findPython(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<[string, ...string[]] | undefined> {
  for (const python of PYTHONS) {
    const pip = await runTool([...python, '-m', 'pip', '--version'], { env, signal, timeoutMs: 30_000 });
    if (pip?.ok) return python;
  }
  return undefined;
}

/** The first folder at most `depth` levels below `folder` that holds `path`; pip names its own folders as it likes. */
async function findBelow(folder: string, path: string, depth: number): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const inside = join(folder, entry.name);
    const names: string[] = await readdir(join(inside, path, '..')).catch(() => []);
    if (names.some((name) => path.endsWith(name))) return join(inside, path);
    const deeper = depth > 1 ? await findBelow(inside, path, depth - 1) : undefined;
    if (deeper) return deeper;
  }
  return undefined;
}
