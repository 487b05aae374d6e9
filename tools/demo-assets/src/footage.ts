import { join } from 'node:path';
import { AssetError, reasonOf } from './errors.js';
import { fetchFromArchiveIndex } from './footage-from-index.js';
import { fetchFromDebian } from './footage-from-debian.js';
import { fetchFromPip } from './footage-from-pip.js';
import { resolveOptions, type AssetOptions, type ResolvedAssetOptions } from './options.js';
import { ensurePinned, isPinned, type PinnedFile } from './pinned-file.js';

/** OpenCV's sample clip: a yard from above, 2 to 9 people walking, 768 x 576, 10 frames a second, 795 frames. */
const CLIP: PinnedFile = {
  name: 'vtest.avi',
  bytes: 8_131_690,
  sha256: '45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf',
};

export interface FootageAsset {
  readonly file: string;
  readonly licence: string;
}

/** One way to the clip: returns the path it put into `workDir`, or throws why it cannot. */
export type FootageRoute = (
  workDir: string,
  clip: PinnedFile,
  options: ResolvedAssetOptions,
) => Promise<string>;

const ROUTES: Readonly<Record<string, FootageRoute>> = {
  'the Debian package opencv-doc': fetchFromDebian,
  'the source archive of opencv-python-headless with pip': fetchFromPip,
  'the same archive without Python': fetchFromArchiveIndex,
};

const LICENCE = "Footage: OpenCV's sample clip vtest.avi, distributed with OpenCV under Apache-2.0.";

/**
 * The demo's footage. Every way to it is a package client or index of the user's own settings; the clip's hash decides,
 * whatever the version of the package around it.
 * @throws {AssetError} `asset_unavailable`, naming `--source`, when no way worked.
 */
export async function ensureFootage(
  options: AssetOptions = {},
  routes: Readonly<Record<string, FootageRoute>> = ROUTES,
): Promise<FootageAsset> {
  const resolved = resolveOptions(options);
  const { cacheDir, signal, onProgress } = resolved;
  const file = join(cacheDir, 'footage', CLIP.name);
  if (await isPinned(file, CLIP)) return { file, licence: LICENCE };
  const reasons: string[] = [];
  for (const [name, route] of Object.entries(routes)) {
    signal?.throwIfAborted();
    onProgress(`Fetching the demo footage out of ${name} (95 MB, once)`);
    try {
      await ensurePinned(file, CLIP, (workDir) => route(workDir, CLIP, resolved));
      return { file, licence: LICENCE };
    } catch (error) {
      signal?.throwIfAborted();
      reasons.push(`${name}: ${reasonOf(error)}`);
    }
  }
  throw new AssetError(
    'asset_unavailable',
    `The demo footage ${CLIP.name} cannot be had. Name a video file or a folder of images with --source instead.\n` +
      reasons.map((reason) => `  - ${reason}`).join('\n'),
  );
}
