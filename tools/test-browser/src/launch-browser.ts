import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { unpackCarriedBrowser } from './carried-browser.js';
import { findInstalledBrowser } from './find-browser.js';

export interface LaunchOptions {
  /** A folder with further fonts (TTF, OTF), such as Chinese ones where the machine has none. Linux only. */
  readonly fontsDir?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A running browser; `close` ends its processes and removes its files. */
export interface LaunchedBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

const LAUNCH_DEADLINE_MS = 60_000;

/** Starts a headless Chromium: an installed one first, else the one that a package carries. */
export async function launchBrowser(options: LaunchOptions = {}): Promise<LaunchedBrowser> {
  const env = options.env ?? process.env;
  const installed = await findInstalledBrowser(env);
  const carried = installed === undefined ? await unpackCarriedBrowser(env) : undefined;
  const home = await mkdtemp(join(tmpdir(), 'riskwatch-browser-'));
  try {
    const browser = await chromium.launch({
      executablePath: installed ?? carried?.executable ?? '',
      headless: true,
      timeout: LAUNCH_DEADLINE_MS,
      // Chromium's sandbox refuses to run as root; pages under test are our own.
      chromiumSandbox: process.platform === 'linux' && process.getuid?.() !== 0 && installed !== undefined,
      args: ['--disable-dev-shm-usage', '--font-render-hinting=none', ...(carried ? ['--no-zygote'] : [])],
      env: {
        ...definedOnly(env),
        HOME: home,
        XDG_CONFIG_HOME: home,
        XDG_CACHE_HOME: home,
        ...(carried
          ? { LD_LIBRARY_PATH: [carried.libraries, env.LD_LIBRARY_PATH].filter(Boolean).join(':') }
          : {}),
        ...(options.fontsDir ? { FONTCONFIG_FILE: await fontConfig(home, options.fontsDir) } : {}),
      },
    });
    return {
      browser,
      close: async () => {
        await browser.close();
        await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      },
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

const definedOnly = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

async function fontConfig(home: string, fontsDir: string): Promise<string> {
  const file = join(home, 'fonts.conf');
  const text = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  await writeFile(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${text(fontsDir)}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${text(join(home, 'fontconfig'))}</cachedir>
</fontconfig>
`,
  );
  return file;
}
