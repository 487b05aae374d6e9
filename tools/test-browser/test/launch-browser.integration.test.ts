import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { launchBrowser } from '../src/launch-browser.js';

const profiles = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('riskwatch-browser-'));

it('opens a page and leaves nothing behind', async () => {
  const before = await profiles();
  const { browser, close } = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.setContent('<p>A page</p>');
    expect(await page.locator('p').innerText()).toBe('A page');
    expect((await profiles()).length).toBe(before.length + 1);
  } finally {
    await close();
  }
  expect(browser.isConnected()).toBe(false);
  expect(await profiles()).toEqual(before);
});
