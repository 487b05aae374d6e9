import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { launchBrowser } from '@riskwatch/test-browser';
import { startDashboard } from './fixtures/dashboard-server.js';
import { demo } from './fixtures/demo-scene.js';
import { normal } from './fixtures/scenes.js';
import { degraded, starting } from './fixtures/troubled-scenes.js';

/** Writes a picture of each state for people to look at. `--fonts DIR` adds fonts, `--out DIR` says where to. */
const { values } = parseArgs({ options: { out: { type: 'string' }, fonts: { type: 'string' } } });
const out = resolve(values.out ?? join(tmpdir(), 'riskwatch-screenshots'));

const scenes = { normal, demo, degraded, starting, critical: (now: number) => normal(now, 'critical') };
const shots: readonly { name: keyof typeof scenes | 'lost'; query: string; width: number; height: number }[] =
  [
    { name: 'normal', query: 'theme=light&lang=en', width: 1440, height: 900 },
    { name: 'normal', query: 'theme=dark&lang=en', width: 1440, height: 900 },
    { name: 'normal', query: 'theme=light&lang=zh', width: 1440, height: 900 },
    { name: 'normal', query: 'theme=light&lang=en', width: 1920, height: 1080 },
    { name: 'normal', query: 'theme=light&lang=en', width: 390, height: 844 },
    { name: 'normal', query: 'theme=light&lang=en', width: 1100, height: 900 },
    { name: 'critical', query: 'theme=light&lang=en', width: 1440, height: 900 },
    { name: 'demo', query: 'theme=light&lang=en', width: 1440, height: 900 },
    { name: 'starting', query: 'theme=light&lang=en', width: 1440, height: 900 },
    { name: 'starting', query: 'theme=light&lang=zh', width: 390, height: 844 },
    { name: 'degraded', query: 'theme=dark&lang=en', width: 1440, height: 900 },
    { name: 'degraded', query: 'theme=light&lang=en', width: 390, height: 844 },
    { name: 'lost', query: 'theme=light&lang=en', width: 1440, height: 900 },
  ];

await mkdir(out, { recursive: true });
const openedAt = Date.now();
const dashboard = await startDashboard(() => normal(openedAt));
const { browser, close } = await launchBrowser(values.fonts ? { fontsDir: resolve(values.fonts) } : {});
try {
  for (const { name, query, width, height } of shots) {
    const at = Date.now();
    dashboard.show(() => (name === 'lost' ? normal(at) : scenes[name](at)));
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(`${dashboard.url}?${query}`);
    await page.waitForTimeout(1_200);
    if (name === 'lost') {
      await dashboard.stopServing();
      await page.waitForTimeout(7_000);
    }
    const [, theme = '', language = ''] = /theme=(\w+)&lang=(\w+)/.exec(query) ?? [];
    const path = join(out, `${name}-${theme}-${language}-${width}x${height}.png`);
    await page.screenshot({ path, fullPage: width < 700 });
    await page.close();
    console.log(path);
  }
} finally {
  await close();
  await dashboard.close();
}
