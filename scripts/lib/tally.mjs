import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @returns {Tally} */
export const emptyTally = () => ({ passed: 0, failed: 0, skipped: 0 });

/**
 * @param {Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  const total = emptyTally();
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/**
 * Reads vitest's JSON report. A file that could not even be loaded counts as one failure.
 * @param {string} json
 * @returns {Tally}
 */
export function tallyVitest(json) {
  const report = JSON.parse(json);
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Reads one report of Maven's surefire or failsafe.
 * @param {string} xml
 * @returns {Tally}
 */
export function tallySurefire(xml) {
  const suite = /<testsuite\b[^>]*>/.exec(xml)?.[0] ?? '';
  /** @param {string} name */
  const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('errors') + count('failures');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
}

/**
 * Adds up the reports that Maven has written below `folder` since `since` (ms since the epoch).
 * @param {string} folder
 * @param {number} since
 * @returns {Tally}
 */
export function tallyMaven(folder, since) {
  const reports = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /[\\/](surefire|failsafe)-reports[\\/]TEST-[^\\/]*\.xml$/.test(path))
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).mtimeMs >= since);
  return sum(reports.map((path) => tallySurefire(readFileSync(path, 'utf8'))));
}

/**
 * The runner's last line.
 * @param {Tally} tally
 */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
