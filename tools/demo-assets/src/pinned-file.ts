import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssetError } from './errors.js';

/** A file known by its content. */
export interface PinnedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Whether `path` holds exactly the pinned bytes; the size is looked at first, so a miss is cheap. */
export async function isPinned(path: string, pinned: PinnedFile): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size !== pinned.bytes) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex') === pinned.sha256;
}

/**
 * Makes sure that `target` holds the pinned bytes: `fetch` gets an empty folder and returns the path of what it
 * found in there. The file moves into place in one step and only after its hash was checked, so of two starters the
 * later one replaces equal bytes by equal bytes and nobody ever reads half a file.
 * @throws {AssetError} `asset_mismatch` where the bytes are others.
 */
export async function ensurePinned(
  target: string,
  pinned: PinnedFile,
  fetch: (workDir: string) => Promise<string>,
): Promise<void> {
  if (await isPinned(target, pinned)) return;
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  const workDir = await mkdtemp(join(folder, '.fetching-'));
  try {
    const found = await fetch(workDir);
    if (!(await isPinned(found, pinned))) {
      throw new AssetError('asset_mismatch', `${pinned.name}: the file that was found has another sha256`);
    }
    await rename(found, target);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}
