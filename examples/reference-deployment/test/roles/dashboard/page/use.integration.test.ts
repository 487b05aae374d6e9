import { describe, expect, it } from 'vitest';
import type { Sections } from '../../../../roles/dashboard/live/live-state.js';
import { cameraId, normal } from '../fixtures/scenes.js';
import { degraded } from '../fixtures/troubled-scenes.js';
import { dashboard, open, scenes, text, tileOrder, usePages } from './page-under-test.js';

usePages();

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
