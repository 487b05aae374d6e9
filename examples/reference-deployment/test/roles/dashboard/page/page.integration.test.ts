import { launchBrowser, type BrowserContext, type LaunchedBrowser, type Page } from '@riskwatch/test-browser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sections } from '../../../../roles/dashboard/live/live-state.js';
import { startDashboard, type TestDashboard } from '../fixtures/dashboard-server.js';
import { demo } from '../fixtures/demo-scene.js';
import { cameraId, normal } from '../fixtures/scenes.js';
import { degraded, starting } from '../fixtures/troubled-scenes.js';

/** The built page in a real browser, served by the real dashboard server over scripted roles. */

let launched: LaunchedBrowser;
let dashboard: TestDashboard;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  dashboard = await startDashboard(() => normal(Date.now()));
  launched = await launchBrowser();
});
afterAll(async () => {
  await launched?.close();
  await dashboard?.close();
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

interface OpenOptions {
  readonly scene?: (now: number) => Sections;
  readonly query?: string;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: 'reduce';
}

/** Opens the page on a scene that stands still from now on. */
async function open({ scene = normal, query = 'lang=en&theme=light', ...options }: OpenOptions = {}) {
  const { width = 1440, height = 900, reducedMotion } = options;
  const at = Date.now();
  dashboard.show(() => scene(at));
  const context = await launched.browser.newContext({
    viewport: { width, height },
    ...(reducedMotion ? { reducedMotion } : {}),
  });
  contexts.push(context);
  const page = await context.newPage();
  const foreign: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(dashboard.url)) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${dashboard.url}?${query}`);
  await page.locator('.brand .site', { hasText: scene(at).site }).waitFor({ state: 'attached' });
  return { page, at, foreign, complaints };
}

const text = (page: Page, selector: string) => page.locator(selector).first().innerText();
const tileOrder = (page: Page) =>
  page
    .locator('.tile:visible')
    .evaluateAll((tiles) => tiles.map((tile) => (tile as HTMLElement).dataset.camera));

const scenes = {
  normal: (now: number) => normal(now),
  critical: (now: number) => normal(now, 'critical'),
  demo,
  degraded,
  starting,
  away: (now: number): Sections => ({
    ...degraded(now),
    overall: {
      ...degraded(now).overall,
      causes: [{ code: 'away', peer: 'scheduler', since: now - 60_000 }],
    },
    keys: null,
  }),
};

describe('every state', () => {
  const cases = Object.keys(scenes).flatMap((name) =>
    (['en', 'zh'] as const).map((language) => ({ name: name as keyof typeof scenes, language })),
  );

  it.each(cases)(
    '$name in $language fits a laptop and a wall screen without scrolling',
    async ({ name, language }) => {
      const { page, foreign, complaints } = await open({
        scene: scenes[name],
        query: `lang=${language}&theme=${language === 'zh' ? 'dark' : 'light'}`,
      });
      for (const size of [
        { width: 1440, height: 900 },
        { width: 1920, height: 1080 },
      ]) {
        await page.setViewportSize(size);
        const { scrolls, keys, small } = await page.evaluate(() => ({
          scrolls: [
            document.documentElement.scrollHeight - innerHeight,
            document.documentElement.scrollWidth - innerWidth,
          ],
          // Every key of the scene is there without scrolling, too.
          keys: Math.max(
            0,
            ...[...document.querySelectorAll('.keys .scroll')].map(
              (box) => box.scrollHeight - box.clientHeight,
            ),
          ),
          small: [...document.querySelectorAll('.page *')].filter(
            (element) => element.textContent && Number.parseFloat(getComputedStyle(element).fontSize) < 12,
          ).length,
        }));
        expect({ scrolls: scrolls.map((pixels) => Math.max(0, pixels)), keys, small }).toEqual({
          scrolls: [0, 0],
          keys: 0,
          small: 0,
        });
      }
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      expect(foreign).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it.each(['normal', 'degraded', 'starting'] as const)(
    '%s fits a phone down to 360 px in width',
    async (name) => {
      const { page } = await open({ scene: scenes[name], width: 390, height: 844 });
      for (const width of [390, 360]) {
        await page.setViewportSize({ width, height: 844 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
      const order = await page.locator('section:visible').evaluateAll((sections) =>
        sections
          .map((section) => ({
            name: section.className.split(' ')[0],
            top: section.getBoundingClientRect().top,
          }))
          .sort((a, b) => a.top - b.top)
          .map((section) => section.name),
      );
      expect(order).toEqual(['wall', 'feed', 'pipe', 'keys', 'lat', 'fails']);
      const targets = await page
        .locator('.ack:visible, .filters button:visible')
        .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().height));
      expect(Math.min(...targets)).toBeGreaterThanOrEqual(36);
    },
  );
});

describe('working', () => {
  it('says so in one heading, with what to look at as links', async () => {
    const { page } = await open();
    expect(await page.locator('h1').allInnerTexts()).toEqual(['Working']);
    expect(await text(page, '.why')).toBe('98.3 % judged within 2 s. To look at: 3 cameras, 1 key.');
    expect(
      await page.locator('.why a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual(['#wall', '#keys']);
    expect(await page.title()).toBe('Working · riskwatch');
  });

  it('shows the tiles in the server’s order, the worst one large, and every camera at its place', async () => {
    const { page } = await open();
    expect(await tileOrder(page)).toEqual([7, 12, 31, 44, 18, 22, 3].map(cameraId));
    const [first, second] = await page
      .locator('.tile')
      .evaluateAll((tiles) => tiles.map((tile) => tile.clientWidth));
    expect(first).toBeGreaterThan(1.9 * (second ?? 0));
    const strip = await page.locator('.all li').evaluateAll((cells) => cells.map((cell) => cell.textContent));
    expect(strip).toHaveLength(50);
    expect(strip[6]).toBe('07High');
    expect(strip[17]).toBe('18Stale');
    expect(strip[49]).toBe('50None');
  });

  it('names each level in a word and a shape', async () => {
    const { page } = await open();
    const first = page.locator('.tile').first();
    expect(await first.locator('.level').innerText()).toBe('High');
    expect(await first.locator('.level svg path.body').count()).toBe(1);
    expect(await page.locator('.tile', { hasText: 'Underpass' }).locator('.level').innerText()).toBe(
      'Not seen',
    );
  });

  it('loads the pictures of tiles in view only, each with the boxes of the same frame', async () => {
    const { page } = await open();
    const tile = page.locator(`.tile[data-camera=${cameraId(7)}]`);
    await tile.locator('img').waitFor();
    expect(await tile.locator('img').getAttribute('src')).toBe(
      `/v1/cameras/${cameraId(7)}/frame.jpg?sequence=107`,
    );
    expect(await tile.locator('rect.person').count()).toBe(5);
    expect(await tile.locator('rect.group').count()).toBe(1);
    expect(await tile.locator('.tag').innerText()).toBe('2 people');
    const asked = await page.evaluate(() =>
      performance.getEntriesByType('resource').flatMap(({ name }) => /cam-\d+/.exec(name) ?? []),
    );
    expect(new Set(asked)).toEqual(new Set([7, 12, 31, 18, 22, 3].map(cameraId)));
    expect(await page.locator('.tile', { hasText: 'Underpass' }).locator('img').count()).toBe(0);
  });

  it('is a real table of keys with groups, shares and limits as "left of how much"', async () => {
    const { page } = await open();
    expect(await page.locator('table th[scope=col]').allInnerTexts()).toHaveLength(7);
    expect(await page.locator('table th[scope=rowgroup]').count()).toBe(4);
    expect(await text(page, '.limit')).toMatch(/requests\s*185 \/ 300/);
    const row = page.locator('tr', { has: page.locator('th', { hasText: 'key-8' }) });
    expect(await row.innerText()).toMatch(/quarantined · 401 since \d\d:\d\d\s+0\.0 %\s+0\s+1 × 401/);
  });

  it('lists failures in people’s words with the code as title, and names the reasons at 0', async () => {
    const { page } = await open();
    expect(await text(page, '.fails .sum')).toMatch(/6\s*of 3,690 results, 0\.16 %/);
    expect(await page.locator('.fails li').first().getAttribute('title')).toBe('deadline_exceeded');
    expect(await text(page, '.fails .zero')).toContain('None of: provider unavailable, queue full');
  });

  it('speaks Chinese throughout', async () => {
    const { page } = await open({ query: 'lang=zh' });
    expect(await text(page, 'h1')).toBe('运行正常');
    expect(await text(page, '.why')).toBe('98.3 % 在 2 秒内完成评估。待查：3 台摄像机、1 个密钥。');
    expect(await text(page, '.tile .level')).toBe('高');
    expect(await text(page, '.station .health')).toBe('正常');
    expect(await text(page, '#b, #language')).toBe('English');
  });

  it('changes language and theme, and remembers', async () => {
    const { page } = await open({ query: '' });
    await page.locator('#language').click();
    await page.locator('#theme').click();
    await expect.poll(() => text(page, 'h1')).toBe('运行正常');
    const theme = await page.locator('html').getAttribute('data-theme');
    await page.reload();
    await expect.poll(() => text(page, 'h1')).toBe('运行正常');
    expect(await page.locator('html').getAttribute('data-theme')).toBe(theme);
  });
});

describe('trouble', () => {
  it('says that nothing is judged, since when, what to do and when the next try is', async () => {
    const { page } = await open({ scene: degraded });
    expect(await text(page, 'h1')).toMatch(/^Not judging for 2 min 3\d s$/);
    expect(await text(page, '.why')).toMatch(
      /^Watch the cameras yourself\. The provider has answered 503 since \d\d:\d\d:\d\d\. Next try in 1\d s\.$/,
    );
    await expect
      .poll(() => page.locator('[role=alert]').textContent())
      .toMatch(/^Not judging for .*Watch the cameras/);
    expect(await page.locator('.station.cause').getAttribute('data-station')).toBe('scheduler');
  });

  it('calls levels without a fresh judgement the last ones, hollow, and fills nothing', async () => {
    const { page } = await open({ scene: degraded });
    expect(await text(page, '.tile .level')).toBe('Last: High');
    const classes = await page.locator('.tile').evaluateAll((tiles) => tiles.map((tile) => tile.className));
    expect(classes[0]).toContain('old');
    expect(await page.locator('.all li').nth(6).textContent()).toBe('07Not judged');
  });

  it('moves nothing: every block is where it is while all is well', async () => {
    const { page } = await open();
    const places = () =>
      page.locator('.top, section, .tile, .station').evaluateAll((blocks) =>
        blocks.map((block) => {
          const { left, top, width, height } = block.getBoundingClientRect();
          return [left, top, width, height].map(Math.round).join(' ');
        }),
      );
    const before = await places();
    const at = Date.now();
    dashboard.show(() => degraded(at));
    await expect.poll(() => text(page, 'h1')).toMatch(/^Not judging/);
    expect(await places()).toEqual(before);
    const quiet = normal(at);
    dashboard.show(() => ({ ...quiet, cameras: quiet.cameras.map((camera) => ({ ...camera, says: null })) }));
    await expect.poll(() => page.locator('.tile .says').count()).toBe(0);
    expect(await places()).toEqual(before);
  });

  it('hatches what is not known and never writes a zero for it', async () => {
    const { page } = await open({ scene: scenes.away });
    expect(await page.locator('.late .void').count()).toBe(3);
    expect(await page.locator('.late .big').allInnerTexts()).toEqual(['p50', 'p95', 'p99']);
    expect(await page.locator('.keys .hatched').count()).toBeGreaterThan(0);
    expect(await text(page, '#keys-table')).not.toMatch(/\d/);
    expect(await page.locator('.keys [data-health=well]').count()).toBe(0);
    expect(await text(page, '#keys-note')).toBe('this deployment names no admin token');
  });

  it('shows the start step by step until live data flows', async () => {
    const { page } = await open({ scene: starting });
    expect(await text(page, 'h1')).toBe('Starting');
    expect(await text(page, '.start h3')).toBe('Starting: Flink');
    expect(
      await page.locator('.steps li').evaluateAll((steps) => steps.map((step) => step.className)),
    ).toEqual(['ok', 'ok', 'ok', 'ok', 'now', 'later']);
    expect(await page.locator('.tile').count()).toBe(0);
    expect(await page.locator('.rate .void').count()).toBeGreaterThan(0);
    expect(await text(page, '.feed .blank')).toContain('No alert yet');
    const at = Date.now();
    dashboard.show(() => normal(at));
    await page.locator('.tile').first().waitFor();
    expect(await page.locator('.start').count()).toBe(0);
  });
});

describe('the model’s words', () => {
  it('are text in quotation marks after "Model:", whatever they hold', async () => {
    const attack =
      '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script> & “quoted”';
    const scene = (now: number): Sections => {
      const base = normal(now);
      const hurt = <Item extends { says?: string | null; description?: string }>(item: Item): Item => ({
        ...item,
        ...('says' in item ? { says: attack } : { description: attack }),
      });
      return { ...base, cameras: base.cameras.map(hurt), alerts: base.alerts?.map(hurt) ?? null };
    };
    const { page, complaints } = await open({ scene });
    const quotes = await page.locator('.says q').evaluateAll((all) => all.map((quote) => quote.textContent));
    expect(new Set(quotes)).toEqual(new Set([attack]));
    expect(await page.locator('.says .who').first().innerText()).toBe('Model:');
    expect(await page.locator('.says img, .says script').count()).toBe(0);
    expect(await page.title()).toBe('Working · riskwatch');
    expect(complaints).toEqual([]);
  });

  it('take three lines at most in the list, and are there in full in the detail', async () => {
    const { page } = await open();
    const long = page.locator('.alert', { hasText: 'closed entrance' });
    const lines = await long
      .locator('.says')
      .evaluate((says) => says.clientHeight / Number.parseFloat(getComputedStyle(says).lineHeight));
    expect(Math.round(lines)).toBeLessThanOrEqual(3);
    await long.locator('.thumb').click();
    const detail = page.locator('dialog[open]');
    await detail.waitFor();
    const [shown, all] = await detail
      .locator('.says')
      .evaluate((says) => [says.clientHeight, says.scrollHeight]);
    expect(shown).toBe(all);
    expect(await detail.locator('q').textContent()).toMatch(/closed entrance and looks at the camera\.$/);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
    expect(await page.evaluate(() => location.hash)).toBe('');
  });
});

describe('alerts', () => {
  it('are acknowledged and taken back, per alert', async () => {
    const { page } = await open();
    expect(await text(page, '#feed-note')).toBe('2 to acknowledge');
    const row = page.locator('.alert', { hasText: 'Goods yard' });
    await row.locator('.ack').click();
    await expect.poll(() => row.locator('.done').count()).toBe(1);
    expect(await row.locator('.done').innerText()).toMatch(/^operator, \d\d:\d\d$/);
    expect(await text(page, '#feed-note')).toBe('1 to acknowledge');
    await row.locator('.thumb').click();
    await page.locator('dialog[open] .ack', { hasText: 'Take back' }).click();
    await page.locator('dialog[open] .ack', { hasText: 'Acknowledge' }).waitFor();
    expect(dashboard.acknowledgements.map((line) => line.split(' ')[0])).toEqual(['POST', 'DELETE']);
    expect(dashboard.acknowledgements[0]).toMatch(/000000000002 operator$/);
  });

  it('show the judged picture, and a hatch where there is none', async () => {
    const scene = (now: number): Sections => {
      const base = normal(now);
      return {
        ...base,
        alerts: base.alerts?.map((alert, i) => (i === 0 ? { ...alert, evidence: null } : alert)) ?? null,
      };
    };
    const { page } = await open({ scene });
    expect(await page.locator('.alert').nth(0).locator('.hatched').getAttribute('aria-label')).toBe(
      'no picture',
    );
    const picture = page.locator('.alert').nth(1).locator('img');
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);
  });

  it('are filtered by level', async () => {
    const { page } = await open();
    const filter = page.locator('#filters button', { hasText: 'Low' });
    await filter.click();
    await expect.poll(() => filter.getAttribute('aria-pressed')).toBe('false');
    expect(await page.locator('.alert .level').allInnerTexts()).toEqual([
      'High',
      'Medium',
      'Critical',
      'Medium',
    ]);
  });

  it('are announced when they are new: all politely, high ones as one sentence', async () => {
    const { page, at } = await open();
    expect(await page.locator('#feed').getAttribute('aria-live')).toBe('polite');
    expect(await page.locator('[role=alert]').textContent()).toBe('');
    const base = normal(at);
    const [newest] = base.alerts ?? [];
    if (!newest) throw new Error('the scene has alerts');
    const fresh = {
      ...newest,
      taskId: '00000000-0000-5000-8000-000000000099',
      raisedAt: at + 1_000,
      cameraId: cameraId(12),
    };
    dashboard.show(() => ({ ...base, alerts: [fresh, ...(base.alerts ?? [])] }));
    await expect.poll(() => page.locator('[role=alert]').textContent()).toBe('High: Goods yard');
    expect(await page.locator('.alert').first().getAttribute('class')).toContain('arrives');
  });
});

describe('people and their machines', () => {
  it('reach everything with the keyboard, first of all the alerts', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(() => document.activeElement?.className ?? '');
    expect(await focused()).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('alerts');
    const seen = new Map<string, string>();
    for (let i = 0; i < 14; i += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement ?? document.body).outlineWidth,
      );
      seen.set(await focused(), outline);
    }
    expect([seen.get('thumb'), seen.get('ack')]).toEqual(['2px', '2px']);
  });

  it('keep the focus where it is while the page is told new things', async () => {
    const { page } = await open();
    const link = page.locator(`.tile[data-camera=${cameraId(12)}]`);
    await link.focus();
    const at = Date.now();
    dashboard.show(() => ({ ...normal(at), order: [12, 7, 31, 44, 18, 22, 3, 26, 35].map(cameraId) }));
    await expect.poll(() => tileOrder(page)).toEqual([12, 7, 31, 44, 18, 22, 3].map(cameraId));
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.camera)).toBe(
      cameraId(12),
    );
  });

  it('see no animation when they ask for none', async () => {
    const { page } = await open({ reducedMotion: 'reduce' });
    const name = await page
      .locator('.alert.arrives')
      .first()
      .evaluate((row) => getComputedStyle(row).animationName);
    expect(name).toBe('none');
  });

  it('read every text at 4.5 : 1 or more, in both themes, working and not', async () => {
    for (const scene of [normal, degraded, scenes.critical])
      for (const theme of ['light', 'dark']) {
        const { page } = await open({
          scene,
          query: `lang=en&theme=${theme}`,
          reducedMotion: 'reduce',
        });
        expect(await page.evaluate(lowContrast)).toEqual([]);
      }
  });
});

describe('a lost server', () => {
  it('makes the page say within seconds that nothing is current, and nothing can be acknowledged', async () => {
    const own = await startDashboard(() => normal(Date.now()));
    try {
      const context = await launched.browser.newContext({ viewport: { width: 1440, height: 900 } });
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(`${own.url}?lang=en`);
      await page.locator('.tile').first().waitFor();
      await own.stopServing();
      await expect.poll(() => text(page, 'h1'), { timeout: 15_000 }).toMatch(/^No live data for \d+ s$/);
      expect(await text(page, '.why')).toMatch(
        /^Nothing here is current\. This screen lost the dashboard server at \d\d:\d\d:\d\d and keeps trying\.$/,
      );
      expect(await text(page, '.tile .level')).toBe('Last: High');
      expect(await page.locator('.ack:not(:disabled)').count()).toBe(0);
      expect(
        await page.evaluate(() => getComputedStyle(document.querySelector('main') as Element).filter),
      ).toBe('grayscale(1)');
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(900);
    } finally {
      await own.close();
    }
  });
});

/** Runs in the page: texts whose contrast to what is painted behind them is too low. */
function lowContrast(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!canvas) throw new Error('no canvas');
  const rgba = (color: string): [number, number, number, number] => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const luminance = (color: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = color.map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element): number[] => {
    const layers: [number, number, number, number][] = [];
    for (let at: Element | null = element; at; at = at.parentElement) {
      const layer = rgba(getComputedStyle(at).backgroundColor);
      layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduceRight<number[]>(
      (below, [r, g, b, a]) => [r, g, b].map((value, i) => value * a + (below[i] ?? 255) * (1 - a)),
      [255, 255, 255],
    );
  };
  const found: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>('.page *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    // Words over a picture have their own dark ground or a faded picture behind them.
    if (!own || element.closest('svg, .shot, .hide, :disabled, dialog') || element.offsetParent === null)
      continue;
    const ground = behind(element);
    const ink = rgba(getComputedStyle(element).color).slice(0, 3);
    const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a) as [number, number];
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5)
      found.push(`${ratio.toFixed(2)} ${element.className} ${element.textContent?.slice(0, 30)}`);
  }
  return [...new Set(found)];
}
