// Builds the Flink job: its classes, and every jar it needs, so that it can run on the installed JDK. Does nothing when
// nothing has changed, and asks the network only for what the local Maven repository lacks.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findJdk, findMaven } from '@riskwatch/java-process';

const root = dirname(fileURLToPath(import.meta.url));
const modules = ['flink-connector-riskwatch', 'riskwatch-flink-job'];
const inputs = [
  'pom.xml',
  '.mvn',
  ...modules.flatMap((name) => [`${name}/pom.xml`, `${name}/src/main`]),
  '../packages/kafka-adapter/schemas/detection.schema.json',
];

const target = join(root, 'riskwatch-flink-job', 'target');
const stamp = join(target, 'built-from.sha256');
const products = [
  join(target, 'classes', 'io', 'riskwatch', 'flink', 'job', 'RiskwatchJob.class'),
  join(target, 'lib'),
];

// Without tests, nor anything that only tests need.
const goals = ['package', '-Dmaven.test.skip=true'];
const progressEveryMs = 5_000;

const say = (text) => process.stdout.write(`flink-connector: ${text}\n`);

/** The files that a path stands for, relative to here: itself, or all in it. */
const filesOf = (path) =>
  statSync(join(root, path)).isFile()
    ? [path]
    : readdirSync(join(root, path))
        .sort()
        .flatMap((name) => filesOf(join(path, name)));

/** A digest over everything that the build reads. */
const digestOfInputs = (jdk) => {
  const digest = createHash('sha256').update(jdk.version);
  for (const file of inputs.flatMap(filesOf)) digest.update(file).update(readFileSync(join(root, file)));
  return digest.digest('hex');
};

const runMaven = (maven, jdk, args) =>
  new Promise((resolve, reject) => {
    const child = spawn(maven.mvn, args, {
      cwd: root,
      env: { ...process.env, JAVA_HOME: jdk.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = [];
    let files = 0;
    const startedAt = performance.now();
    const ticker = setInterval(() => {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      say(`building, ${seconds} s${files === 0 ? '' : `, ${files} files fetched`}`);
    }, progressEveryMs);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (line.includes('Downloaded from')) files += 1;
        else if (!line.includes('Downloading from')) lines.push(line);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(ticker);
      resolve({ succeeded: code === 0, lines });
    });
  });

/** Whether Maven stopped for want of a file, not for a fault in the sources. */
const lacksFiles = (lines) =>
  lines.some((line) =>
    /offline mode|could not be resolved|Could not resolve|has not been downloaded/.test(line),
  );

const build = async () => {
  const jdk = await findJdk();
  const digest = digestOfInputs(jdk);
  if (products.every(existsSync) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) {
    say('up to date');
    return;
  }
  const maven = await findMaven();
  // What an older build left behind must not end up on the class path.
  for (const name of modules) rmSync(join(root, name, 'target'), { recursive: true, force: true });

  let result = await runMaven(maven, jdk, ['--offline', '--quiet', ...goals]);
  if (!result.succeeded && lacksFiles(result.lines)) {
    say('fetching what the local Maven repository lacks, up to 150 MB');
    result = await runMaven(maven, jdk, goals);
  }
  if (!result.succeeded) {
    const errors = result.lines.filter((line) => line.includes('ERROR'));
    throw new Error(
      `Maven failed:\n${(errors.length === 0 ? result.lines : errors).slice(0, 30).join('\n')}`,
    );
  }
  writeFileSync(stamp, digest);
  say('built');
};

try {
  await build();
} catch (error) {
  process.stderr.write(`flink-connector: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
