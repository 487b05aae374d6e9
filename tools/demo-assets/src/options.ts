import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface AssetOptions {
  /** Where assets are kept. Default: `riskwatch` under `XDG_CACHE_HOME`, which is `~/.cache` where it is not set. */
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
    cacheDir: options.cacheDir ?? defaultCacheDir(env),
    signal: options.signal,
    onProgress: options.onProgress ?? (() => {}),
    env,
  };
}

/** The base directory specification says that a relative `XDG_CACHE_HOME` is to be ignored. */
export function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'riskwatch');
}
