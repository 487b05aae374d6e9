import { launchBrowser, type BrowserContext, type LaunchedBrowser, type Page } from '@riskwatch/test-browser';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Sections } from '../../../../roles/dashboard/live/live-state.js';
import { startDashboard, type TestDashboard } from '../fixtures/dashboard-server.js';
import { demo } from '../fixtures/demo-scene.js';
import { normal } from '../fixtures/scenes.js';
import { degraded, starting } from '../fixtures/troubled-scenes.js';

/** The built page in a real browser, served by the real dashboard server over scripted roles: one of each per file. */

export let launched: LaunchedBrowser;
export let dashboard: TestDashboard;
const contexts: BrowserContext[] = [];

/** Starts them before the file's tests and ends them after. */
export function usePages(): void {
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
}

interface OpenOptions {
  readonly scene?: (now: number) => Sections;
  readonly query?: string;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: 'reduce';
}

/** Opens the page on a scene that stands still from now on. */
export async function open({ scene = normal, query = 'lang=en&theme=light', ...options }: OpenOptions = {}) {
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

export const text = (page: Page, selector: string) => page.locator(selector).first().innerText();
export const tileOrder = (page: Page) =>
  page
    .locator('.tile:visible')
    .evaluateAll((tiles) => tiles.map((tile) => (tile as HTMLElement).dataset.camera));

export const scenes = {
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
