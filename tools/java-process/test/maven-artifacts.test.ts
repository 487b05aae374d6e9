import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchMavenArtifacts, recordMavenPins, type DownloadProgress } from '../src/maven-artifacts.js';

let folder: string;
let options: Parameters<typeof fetchMavenArtifacts>[0];

/** A program in Maven's place that "copies" two jars and counts its calls. */
const mavenScript = `#!/bin/sh
for argument in "$@"; do case "$argument" in -DoutputDirectory=*) out="\${argument#*=}";; esac; done
echo run >> "$(dirname "$0")/calls"
if [ -f "$(dirname "$0")/broken" ]; then echo "[ERROR] no route to host"; exit 1; fi
for jar in a-1.jar b-2.jar; do
  printf '%s' "$jar" > "$out/$jar"
  echo "[INFO] Copying $jar to $out/$jar"
done
`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const goodPins = `${sha256('a-1.jar')}  a-1.jar\n${sha256('b-2.jar')}  b-2.jar\n`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maven-artifacts-'));
  const mvn = join(folder, 'mvn');
  await writeFile(mvn, mavenScript);
  await chmod(mvn, 0o755);
  const pomFile = join(folder, 'pom.xml');
  const pinsFile = join(folder, 'pins.sha256');
  await writeFile(pomFile, '<project/>');
  await writeFile(pinsFile, goodPins);
  options = {
    name: 'demo',
    pomFile,
    pinsFile,
    cacheFolder: join(folder, 'cache'),
    maven: { mvn, version: '3' },
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).split('\n').length - 1;
const cached = async () => (await readdir(join(folder, 'cache', 'maven'))).toSorted();

describe.skipIf(process.platform === 'win32')('fetchMavenArtifacts', () => {
  it('fetches once and tells how far it is', async () => {
    const progress: DownloadProgress[] = [];
    const first = await fetchMavenArtifacts({ ...options, onProgress: (step) => progress.push(step) });
    const second = await fetchMavenArtifacts(options);
    expect(second).toBe(first);
    expect(await calls()).toBe(1);
    expect((await readdir(first)).toSorted()).toEqual(['a-1.jar', 'b-2.jar']);
    expect(progress).toEqual([
      { done: 1, total: 2, file: 'a-1.jar' },
      { done: 2, total: 2, file: 'b-2.jar' },
    ]);
  });

  it('lets a second starter wait for the first', async () => {
    const folders = await Promise.all([1, 2, 3].map(() => fetchMavenArtifacts(options)));
    expect(new Set(folders).size).toBe(1);
    expect(await calls()).toBe(1);
    expect(await cached()).toHaveLength(1);
  });

  it('fetches again when a jar has gone from the cache', async () => {
    const jars = await fetchMavenArtifacts(options);
    await rm(join(jars, 'a-1.jar'));
    expect(await readdir(await fetchMavenArtifacts(options))).toHaveLength(2);
  });

  it.each([
    ['another hash', goodPins.replace(sha256('b-2.jar'), sha256('other')), 'b-2.jar has another hash'],
    ['a jar too few', `${goodPins}${sha256('c')}  c-3.jar\n`, 'c-3.jar is missing'],
    ['a jar too many', goodPins.split('\n')[0]!, 'b-2.jar is not on the list'],
    ['a path in the list', `${sha256('c')}  ../c-3.jar\n`, 'not a line of sha256sum'],
  ])('refuses %s and keeps nothing', async (_, pins, message) => {
    await writeFile(options.pinsFile, pins);
    await expect(fetchMavenArtifacts(options)).rejects.toMatchObject({
      code: 'artifacts_differ',
      message: expect.stringContaining(message) as string,
    });
    expect(await cached().catch(() => [])).toEqual([]);
  });

  it("gives Maven's own words when it fails", async () => {
    await writeFile(join(folder, 'broken'), '');
    await expect(fetchMavenArtifacts(options)).rejects.toMatchObject({
      code: 'maven_failed',
      message: expect.stringContaining('no route to host') as string,
    });
    expect(await cached()).toEqual([]);
  });

  it('records the pins that it then accepts', async () => {
    await writeFile(options.pinsFile, '');
    expect(await recordMavenPins(options)).toBe(2);
    expect(await readFile(options.pinsFile, 'utf8')).toBe(goodPins);
  });
});
