/**
 * A real browser for page tests.
 *
 * ```ts
 * const { browser, close } = await launchBrowser();
 * const page = await browser.newPage();
 * await close();
 * ```
 *
 * @module
 */
export { findInstalledBrowser } from './find-browser.js';
export { launchBrowser, type LaunchedBrowser, type LaunchOptions } from './launch-browser.js';
export type { Browser, BrowserContext, Page } from 'playwright-core';
