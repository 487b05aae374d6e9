/**
 * `npm run pack-check`: packs the published packages, installs the tarballs into an empty folder as a stranger would,
 * imports and requires every entry point there, and runs the first example of keypool's README against the provider
 * simulator, from an ES module and from CommonJS.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { oneCall, startExampleProvider } from './lib/example-provider.mjs';
import { fencedBlocks } from './lib/snippets.mjs';

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = ['keypool', 'kafka-adapter', 'detector'];
const npmClient = process.env.npm_execpath;

/** @param {string[]} args @param {string} cwd */
const npm = (args, cwd) =>
  npmClient
    ? run(process.execPath, [npmClient, ...args], { cwd, timeout: 240_000 })
    : run('npm', args, { cwd, timeout: 240_000 });

/** @param {string} name */
const manifestOf = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));

/** Every entry point that can be imported. @param {string} name @returns {string[]} */
const entriesOf = (name) =>
  Object.keys(manifestOf(name).exports)
    .filter((path) => !path.endsWith('.json') && !path.includes('*'))
    .map((path) => `@riskwatch/${name}${path.slice(1)}`);

/** @param {string} folder */
async function installTarballs(folder) {
  const tarballs = [];
  for (const name of packages) {
    const { stdout } = await npm(
      ['pack', '--json', '--pack-destination', folder],
      join(root, 'packages', name),
    );
    const [packed] = Object.values(JSON.parse(stdout));
    tarballs.push(`./${packed.filename.replace('@', '').replace('/', '-')}`);
    console.log(`packed ${packed.name}: ${packed.entryCount} files, ${Math.ceil(packed.size / 1024)} KiB`);
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true }));
  const { openai } = manifestOf('keypool').devDependencies;
  const peers = manifestOf('detector').devDependencies;
  await npm(
    [
      ...['install', '--no-audit', '--no-fund', ...tarballs, `openai@${openai}`],
      ...Object.keys(manifestOf('detector').peerDependencies).map((peer) => `${peer}@${peers[peer]}`),
    ],
    folder,
  );
}

/** Each entry point must have exports, imported and required. @param {string} folder */
async function loadEveryEntry(folder) {
  const entries = packages.flatMap(entriesOf);
  const check = `if (Object.keys(loaded).length === 0) throw new Error(entry + ' exports nothing');`;
  const list = JSON.stringify(entries);
  writeFileSync(
    join(folder, 'entries.mjs'),
    `for (const entry of ${list}) { const loaded = await import(entry); ${check} }`,
  );
  writeFileSync(
    join(folder, 'entries.cjs'),
    `for (const entry of ${list}) { const loaded = require(entry); ${check} }`,
  );
  for (const file of ['entries.mjs', 'entries.cjs'])
    await run(process.execPath, [file], { cwd: folder, timeout: 60_000 });
  console.log(`${entries.length} entry points load by import and by require`);
}

/** @param {string} folder */
async function runFirstExample(folder) {
  const readme = readFileSync(join(root, 'packages', 'keypool', 'README.md'), 'utf8');
  const example = fencedBlocks(readme).find(({ language }) => language === 'ts');
  if (!example) throw new Error("keypool's README has no example");
  const provider = await startExampleProvider(example.code + oneCall);
  try {
    for (const [file, format] of /** @type {const} */ ([
      ['example.mjs', 'esm'],
      ['example.cjs', 'commonjs'],
    ])) {
      writeFileSync(join(folder, file), provider.javascript(format));
      const { stdout } = await run(process.execPath, [file], {
        cwd: folder,
        env: provider.env,
        timeout: 60_000,
      });
      console.log(`${file} ran: ${stdout.trim().split('\n').at(-1) ?? ''}`);
    }
    if (provider.simulator.stats().succeeded === 0) {
      throw new Error('the example ran, but no call of it reached the simulator');
    }
  } finally {
    await provider.simulator.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'riskwatch-pack-'));
try {
  await installTarballs(folder);
  await loadEveryEntry(folder);
  await runFirstExample(folder);
} catch (error) {
  const { stderr, stdout } = /** @type {{ stderr?: string, stdout?: string }} */ (error);
  console.error(`✖ ${error instanceof Error ? error.message : String(error)}`);
  if (stderr ?? stdout) console.error(stderr || stdout);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
