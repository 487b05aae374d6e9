import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ensureFfmpeg } from '@riskwatch/demo-assets';
import {
  imageFolder,
  videoDuration,
  videoFile,
  type DetectorError,
  type WatchedCamera,
} from '@riskwatch/detector';
import type { Deployment } from '../../config/deployment.js';
import { DeploymentConfigError } from '../../config/load-deployment.js';

export interface SourceContext {
  readonly cameras: Deployment['cameras'];
  /** Relative paths start here. */
  readonly configDir: string;
  readonly signal: AbortSignal;
  readonly onProblem: (problem: DetectorError, cameraId: string) => void;
}

/**
 * A source for each configured camera. Their phases are spread over the sample period, so that frames do not arrive in
 * clumps, and cameras that replay one file begin at different places of it.
 * @throws {DeploymentConfigError} where there is no camera, or one has no source.
 */
export async function openSources(context: SourceContext): Promise<WatchedCamera[]> {
  const { cameras, configDir, signal } = context;
  const { list } = cameras;
  if (list.length === 0) throw new DeploymentConfigError('cameras.list: there is no camera');
  const paths = list.map(({ id, source = cameras.source }) => {
    if (!source) throw new DeploymentConfigError(`cameras.list: ${id} has no source, nor has cameras`);
    return resolve(configDir, source);
  });
  const isFolder = new Map<string, boolean>();
  for (const path of new Set(paths)) {
    isFolder.set(path, (await stat(path).catch(() => undefined))?.isDirectory() ?? false);
  }
  const videos = [...isFolder].filter(([, folder]) => !folder).map(([path]) => path);
  // Found once: the named one, the system's or the packaged one.
  const ffmpeg = videos.length > 0 ? (await ensureFfmpeg({ signal })).path : '';
  const seconds = new Map<string, number>();
  for (const path of videos) seconds.set(path, (await videoDuration(path, { ffmpeg, signal })) ?? 0);

  const sampleMs = cameras.sampleSeconds * 1_000;
  return list.map(({ id }, index) => {
    const path = paths[index]!;
    const share = index / list.length;
    const options = {
      sampleMs,
      phaseMs: Math.floor(share * sampleMs),
      signal,
      onProblem: (problem: DetectorError) => context.onProblem(problem, id),
    };
    const source = isFolder.get(path)
      ? imageFolder(path, { ...options, startIndex: index })
      : videoFile(path, { ...options, ffmpeg, offsetSeconds: share * seconds.get(path)! });
    return { id, source };
  });
}
