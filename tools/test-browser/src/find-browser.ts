import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const names = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'chrome.exe',
];

/** Where Chrome and Chromium are when they are not on the path. */
const usualPlaces = (env: NodeJS.ProcessEnv): string[] => [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/opt/google/chrome/chrome',
  '/usr/lib/chromium/chromium',
  '/snap/bin/chromium',
  ...[env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].flatMap((dir) =>
    dir ? [join(dir, 'Google', 'Chrome', 'Application', 'chrome.exe')] : [],
  ),
];

/** An installed Chrome or Chromium: `CHROME_PATH`, then the path, then the usual places; undefined where there is none. */
export async function findInstalledBrowser(
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => dir !== '')
    .flatMap((dir) => names.map((name) => join(dir, name)));
  const candidates = [...(env.CHROME_PATH ? [env.CHROME_PATH] : []), ...onPath, ...usualPlaces(env)];
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here; the next place.
    }
  }
  return undefined;
}
