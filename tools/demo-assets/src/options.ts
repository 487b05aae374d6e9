import { userCacheFolder } from '@riskwatch/java-process';

export interface AssetOptions {
  /** Where assets are kept. Default: `userCacheFolder(env)`, as for everything that riskwatch fetches. */
  readonly cacheDir?: string;
  /** Stops the fetch; what was half there is removed. */
  readonly signal?: AbortSignal;
  /** One line for people whenever something slow begins. Not called when everything is there. */
  readonly onProgress?: (line: string) => void;
  /** Environment to read settings and tools from. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface ResolvedAssetOptions {
  readonly cacheDir: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
}

export function resolveOptions(options: AssetOptions): ResolvedAssetOptions {
  const env = options.env ?? process.env;
  return {
    cacheDir: options.cacheDir ?? userCacheFolder(env),
    signal: options.signal,
    onProgress: options.onProgress ?? (() => {}),
    env,
  };
}
