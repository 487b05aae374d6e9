import { statSync } from 'node:fs';
import { ensureFfmpeg, ensureFootage, ensureModel } from '@riskwatch/demo-assets';
import type { Deployment } from '../../config/deployment.js';

export interface AssetContext {
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/**
 * The deployment with what its cameras still lack: the demo's model, footage and a decoder, fetched on first use.
 * @throws {AssetError} where one cannot be had.
 */
export async function withAssets(deployment: Deployment, context: AssetContext): Promise<Deployment> {
  const { cameras } = deployment;
  const model = cameras.model ? undefined : await ensureModel(context);
  const isFootageNeeded = !cameras.source && cameras.list.some(({ source }) => !source);
  const footage = isFootageNeeded ? await ensureFootage(context) : undefined;
  const source = cameras.source ?? footage?.file;
  const videos = [source, ...cameras.list.map((camera) => camera.source)].filter(isFile);
  if (videos.length > 0) await ensureFfmpeg(context);
  return {
    ...deployment,
    cameras: {
      ...cameras,
      ...(source && { source }),
      ...(model && { model: model.file, modelSpec: model.specFile }),
    },
  };
}

const isFile = (path: string | undefined): boolean =>
  path !== undefined && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
