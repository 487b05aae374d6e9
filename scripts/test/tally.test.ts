import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sum, summaryLine, tallyMaven, tallySurefire, tallyVitest } from '../lib/tally.mjs';

const suite = (counts: string) =>
  `<?xml version="1.0"?>\n<testsuite name="x.FirstTest" time="0.1" ${counts}>\n</testsuite>`;

it('counts what vitest reports, and a file that could not be loaded as one failure', () => {
  const report = {
    numPassedTests: 7,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(tallyVitest(JSON.stringify(report))).toEqual({ passed: 7, failed: 2, skipped: 3 });
});

it('counts errors and failures of a surefire report as failed', () => {
  expect(tallySurefire(suite('tests="9" errors="1" skipped="2" failures="3"'))).toEqual({
    passed: 3,
    failed: 4,
    skipped: 2,
  });
});

it('adds up the reports of this run only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tally-'));
  try {
    const startedAt = Date.now() - 1_000;
    for (const [kind, name] of [
      ['surefire', 'TEST-New'],
      ['failsafe', 'TEST-NewIT'],
      ['surefire', 'TEST-Old'],
    ]) {
      const reports = join(folder, 'module', 'target', `${kind}-reports`);
      mkdirSync(reports, { recursive: true });
      const file = join(reports, `${name}.xml`);
      writeFileSync(file, suite('tests="2" errors="0" skipped="0" failures="0"'));
      if (name === 'TEST-Old') utimesSync(file, 1, 1);
    }
    expect(tallyMaven(folder, startedAt)).toEqual({ passed: 4, failed: 0, skipped: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('ends with a line that names what was skipped only when something was', () => {
  const two = { passed: 2, failed: 0, skipped: 0 };
  expect(summaryLine(sum([two, two]))).toBe('4 passed, 0 failed');
  expect(summaryLine(sum([two, { passed: 0, failed: 1, skipped: 3 }]))).toBe('2 passed, 1 failed, 3 skipped');
});
