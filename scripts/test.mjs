/**
 * `npm test`: everything that must hold before a change is merged, and one plain line at the end. A name or several
 * (`npm test -- lint unit`) run only those stages. Plain Node only: nothing is installed yet when it begins.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTurbo } from './lib/build.mjs';
import { endLeftovers, marked } from './lib/leftovers.mjs';
import { logFileFor, prepare } from './lib/prepare.mjs';
import { runLogged } from './lib/run-logged.mjs';
import { runStep } from './lib/step.mjs';
import { emptyTally, sum, summaryLine, tallyMaven, tallyVitest } from './lib/tally.mjs';

/** @typedef {import('./lib/tally.mjs').Tally} Tally */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runId = randomUUID();
const env = marked(runId);
const scratch = mkdtempSync(join(tmpdir(), 'riskwatch-test-'));
const stop = new AbortController();
process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());

/** A step that is not made of tests counts as one. @param {boolean} worked @returns {Tally} */
const one = (worked) => ({ ...emptyTally(), [worked ? 'passed' : 'failed']: 1 });

/** A command that passes or fails as a whole. @param {string} title @param {string} name @param {string[]} args */
const check = async (title, name, args) =>
  one(
    await runStep(title, (onProgress) =>
      runLogged({
        command: process.execPath,
        args,
        cwd: root,
        env,
        logFile: logFileFor(root, name),
        signal: stop.signal,
        timeoutMs: 300_000,
        onLine: onProgress,
      }),
    ),
  );

/** @param {string} path */
const bin = (path) => join(root, 'node_modules', path);

/** @param {string} title @param {string} task */
const turbo = async (title, task) =>
  one(
    await runStep(title, (onProgress) =>
      runTurbo(root, task, logFileFor(root, task), { onProgress, signal: stop.signal, timeoutMs: 300_000 }),
    ),
  );

/** Vitest speaks for itself; its report is counted. @param {string[]} projects @returns {Promise<Tally>} */
async function vitest(...projects) {
  console.log(`\nTests: ${projects.join(', ')}`);
  const report = join(scratch, `${projects.join('-')}.json`);
  const child = spawn(
    process.execPath,
    [
      bin('vitest/vitest.mjs'),
      'run',
      ...projects.map((project) => `--project=${project}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const onAbort = () => child.kill('SIGTERM');
  stop.signal.addEventListener('abort', onAbort, { once: true });
  const code = await new Promise((done) => child.once('error', done).once('exit', done));
  stop.signal.removeEventListener('abort', onAbort);
  let tally = emptyTally();
  try {
    tally = tallyVitest(readFileSync(report, 'utf8'));
  } catch {
    // No report: the runner itself broke, which its exit code says.
  }
  // An error outside of any test fails the run without failing a test.
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** @returns {Promise<Tally>} */
async function maven() {
  const startedAt = Date.now();
  const worked = await runStep('Java: Maven verify', (onProgress) =>
    runLogged({
      command: 'mvn',
      args: ['-B', '-ntp', 'verify'],
      cwd: join(root, 'flink-connector'),
      env,
      logFile: logFileFor(root, 'maven'),
      signal: stop.signal,
      timeoutMs: 480_000,
      onLine: (line) => {
        const test = /Running (?:[\w.]+\.)?(\w+)$/.exec(line)?.[1];
        if (test) onProgress(test);
      },
    }),
  );
  const tally = tallyMaven(join(root, 'flink-connector'), startedAt);
  return worked || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}

/** @type {Record<string, () => Promise<Tally>>} */
const stages = {
  lint: async () =>
    sum([
      await check('Lint: eslint', 'eslint', [bin('eslint/bin/eslint.js'), '.']),
      await check('Lint: who imports whom', 'depcruise', [
        bin('dependency-cruiser/bin/dependency-cruise.mjs'),
        '--config=.dependency-cruiser.cjs',
        ...['packages', 'tools', 'examples', 'bench'],
      ]),
    ]),
  typecheck: async () =>
    sum([
      await turbo('Types: every workspace', 'typecheck'),
      await check('Types: scripts', 'typecheck-scripts', [bin('typescript/bin/tsc'), '-p', 'scripts']),
    ]),
  publint: () => turbo('Packages: publint', 'publint'),
  'pack-check': () =>
    check('Packages: packed and installed', 'pack-check', [join(root, 'scripts', 'pack-check.mjs')]),
  unit: () => vitest('unit', 'types'),
  maven,
  integration: () => vitest('integration'),
  acceptance: () => vitest('acceptance'),
};

/** What waits for the processor runs side by side, one lane a core; what needs it to itself runs alone. */
const phases = [
  [
    ['lint', 'maven'],
    ['typecheck', 'publint', 'pack-check'],
  ],
  [['unit']],
  [['integration']],
  [['acceptance']],
];

/** @param {string[]} names @returns {Promise<Tally>} */
async function runLane(names) {
  const tallies = [];
  for (const name of names) if (!stop.signal.aborted) tallies.push((await stages[name]?.()) ?? emptyTally());
  return sum(tallies);
}

/** @param {string[]} names */
async function runStages(names) {
  const unknown = names.find((name) => !(name in stages));
  if (unknown) {
    console.error(`✖ ${unknown}: there is no such stage. There are: ${Object.keys(stages).join(', ')}.`);
    return one(false);
  }
  if (!(await prepare({ root, signal: stop.signal }))) return one(false);
  /** @type {Tally[]} */
  const tallies = [];
  for (const lanes of phases) {
    const wanted = lanes.map((lane) => lane.filter((name) => names.length === 0 || names.includes(name)));
    tallies.push(...(await Promise.all(wanted.map(runLane))));
  }
  const left = await endLeftovers(runId, 15_000);
  for (const { pid, command } of left) console.error(`✖ left behind: ${pid} ${command}`);
  return sum([...tallies, one(left.length === 0 && !stop.signal.aborted)]);
}

const total = await runStages(process.argv.slice(2));
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${summaryLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
