import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where riskwatch keeps what it fetched: `$XDG_CACHE_HOME/riskwatch`, else the platform's place for caches
 * (`~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`). The folder may not exist yet.
 */
export const userCacheFolder = (env: NodeJS.ProcessEnv = process.env): string => {
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG base directory rules: a relative path is to be ignored.
  if (xdg && isAbsolute(xdg)) return join(xdg, 'riskwatch');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'riskwatch');
  if (process.platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'riskwatch', 'cache');
  }
  return join(homedir(), '.cache', 'riskwatch');
};
