import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findInstalledBrowser } from '../src/find-browser.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskwatch-path-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('takes what is executable on the path, and CHROME_PATH before it', async () => {
  const onPath = join(folder, 'chromium');
  await writeFile(onPath, '');
  await chmod(onPath, 0o644);
  const named = join(folder, 'mine');
  await writeFile(named, '', { mode: 0o755 });
  const PATH = ['', join(folder, 'none'), folder].join(delimiter);
  expect(await findInstalledBrowser({ PATH })).not.toBe(onPath);
  await chmod(onPath, 0o755);
  expect(await findInstalledBrowser({ PATH })).toBe(onPath);
  expect(await findInstalledBrowser({ PATH, CHROME_PATH: named })).toBe(named);
});
