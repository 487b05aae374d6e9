import { access, chmod, constants } from 'node:fs/promises';
import { AssetError } from './errors.js';
import { resolveOptions, type AssetOptions } from './options.js';
import { runTool } from './run-tool.js';

export interface FfmpegAsset {
  /** What to spawn. */
  readonly path: string;
  readonly origin: 'RISKWATCH_FFMPEG' | 'system' | 'package';
  /** First line of `ffmpeg -version`. */
  readonly version: string;
}

/**
 * An ffmpeg that runs here: the one that `RISKWATCH_FFMPEG` names, else the system's, else the one that the package
 * `@ffmpeg-installer/ffmpeg` carries (an old build: good for files that you chose, not for streams from strangers).
 * @throws {AssetError} `ffmpeg_missing`; also where `RISKWATCH_FFMPEG` names something that is no ffmpeg.
 */
export async function ensureFfmpeg(options: AssetOptions = {}): Promise<FfmpegAsset> {
  const { env, signal } = resolveOptions(options);
  const versionOf = async (path: string): Promise<string | undefined> => {
    const run = await runTool([path, '-version'], { env, signal, timeoutMs: 30_000 });
    return run?.ok && run.stdout.startsWith('ffmpeg version') ? run.stdout.split('\n')[0]?.trim() : undefined;
  };

  const named = env['RISKWATCH_FFMPEG'];
  if (named) {
    const version = await versionOf(named);
    if (version) return { path: named, origin: 'RISKWATCH_FFMPEG', version };
    throw new AssetError('ffmpeg_missing', `RISKWATCH_FFMPEG names ${named}, which does not run as ffmpeg`);
  }
  const system = await versionOf('ffmpeg');
  if (system) return { path: 'ffmpeg', origin: 'system', version: system };
  const packaged = await packagedFfmpeg();
  const version = packaged && (await versionOf(packaged));
  if (packaged && version) return { path: packaged, origin: 'package', version };
  throw new AssetError(
    'ffmpeg_missing',
    `No ffmpeg for ${process.platform} ${process.arch}: install ffmpeg, or name one with RISKWATCH_FFMPEG.`,
  );
}

/** The package throws plain strings where it has no build for the platform; its chmod script may not have run. */
async function packagedFfmpeg(): Promise<string | undefined> {
  try {
    const { default: installer } = await import('@ffmpeg-installer/ffmpeg');
    await access(installer.path, constants.X_OK).catch(() => chmod(installer.path, 0o755));
    return installer.path;
  } catch {
    return undefined;
  }
}
