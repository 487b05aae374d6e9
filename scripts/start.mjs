/**
 * `npm start`: checks the machine, installs, builds, then becomes the launcher. Plain Node only: nothing is
 * installed yet when it begins.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const deployment = join(root, 'examples', 'reference-deployment');
const help = readFileSync(join(deployment, 'launcher', 'help.txt'), 'utf8');
const args = process.argv.slice(2);

/** A mistyped option is better refused now than after the minutes of a first install. */
const known = new Set([...help.matchAll(/--[a-z][a-z-]*/g)].map(([name]) => name));
const unknown = args.find((arg) => /^--[^=]/.test(arg) && !known.has(arg.split('=')[0] ?? ''));

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(help);
} else if (unknown) {
  console.error(`✖ ${unknown}: there is no such option. npm start -- --help lists them all.`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const ready = await prepare({ root, filter: '@riskwatch/reference-deployment...', signal: stop.signal });
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  if (ready && !stop.signal.aborted) {
    const { launch } = await import(pathToFileURL(join(deployment, 'dist', 'launcher.js')).href);
    process.exit(await launch(args));
  }
  process.exitCode = 1;
}
