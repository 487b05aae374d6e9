import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AssetError } from './errors.js';
import type { FootageRoute } from './footage.js';
import { runTool } from './run-tool.js';

const CLIP_FOLDER = 'usr/share/doc/opencv-doc/examples/data';

/** On Debian and its relatives: download the package as a file, which needs no root, and unpack it. */
export const fetchFromDebian: FootageRoute = async (workDir, clip, { env, signal }) => {
  const run = async (...command: [string, ...string[]]): Promise<void> => {
    const result = await runTool(command, { cwd: workDir, env, signal, timeoutMs: 300_000 });
    if (!result) throw new AssetError('asset_unavailable', `${command[0]} is not installed`);
    if (!result.ok) throw new AssetError('asset_unavailable', result.complaint);
  };
  await run('apt-get', 'download', 'opencv-doc');
  const archive = (await readdir(workDir)).find((name) => name.endsWith('.deb'));
  if (!archive) throw new AssetError('asset_unavailable', 'apt-get left no package behind');
  await run('dpkg-deb', '-x', archive, 'unpacked');
  return join(workDir, 'unpacked', CLIP_FOLDER, clip.name);
};
