import { describe, expect, it } from 'vitest';
import { startDashboard } from '../fixtures/dashboard-server.js';
import { cameraId, normal } from '../fixtures/scenes.js';
import { degraded, starting } from '../fixtures/troubled-scenes.js';

import { dashboard, launched, open, scenes, text, tileOrder, usePages } from './page-under-test.js';

usePages();

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

describe('a lost server', () => {
  it('makes the page say within seconds that nothing is current, and nothing can be acknowledged', async () => {
    const own = await startDashboard(() => normal(Date.now()));
    try {
      const context = await launched.browser.newContext({ viewport: { width: 1440, height: 900 } });
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
      await context.close();
    } finally {
      await own.close();
    }
  });
});
