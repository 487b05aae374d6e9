import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findJdk } from '../src/find-jdk.js';
import { findMaven } from '../src/find-maven.js';
import { userCacheFolder } from '../src/user-cache-folder.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-tools-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const script = async (file: string, body: string) => {
  await mkdir(join(folder, file, '..'), { recursive: true });
  await writeFile(join(folder, file), `#!/bin/sh\n${body}\n`);
  await chmod(join(folder, file), 0o755);
};

const jdkIn = async (name: string, version: string, { compiler = true } = {}) => {
  const home = join(folder, name);
  await script(
    `${name}/bin/java`,
    `echo "    java.home = ${home}" >&2; echo "    java.version = ${version}" >&2`,
  );
  if (compiler) await script(`${name}/bin/javac`, 'exit 0');
  return home;
};

describe.skipIf(process.platform === 'win32')('findJdk', () => {
  it('takes JAVA_HOME before PATH', async () => {
    const fromHome = await jdkIn('a', '21.0.2');
    const fromPath = await jdkIn('b', '17.0.15');
    const jdk = await findJdk({ env: { JAVA_HOME: fromHome, PATH: join(fromPath, 'bin') } });
    expect(jdk).toEqual({
      home: fromHome,
      version: '21.0.2',
      major: 21,
      java: join(fromHome, 'bin', 'java'),
      javac: join(fromHome, 'bin', 'javac'),
    });
  });

  it('passes over what is too old, has no compiler or does not run', async () => {
    const old = await jdkIn('old', '1.8.0_392');
    const runtime = await jdkIn('runtime', '21', { compiler: false });
    await script('broken/bin/java', 'exit 1');
    await mkdir(join(folder, 'folder/bin/java'), { recursive: true });
    const path = [join(folder, 'folder'), runtime, join(folder, 'broken'), await jdkIn('good', '25-ea')];
    const env = { JAVA_HOME: old, PATH: path.map((home) => join(home, 'bin')).join(':') };
    expect(await findJdk({ env })).toMatchObject({ major: 25 });
  });

  it('says what it saw and how to get one', async () => {
    const old = await jdkIn('old', '11.0.1');
    const env = { JAVA_HOME: join(folder, 'nowhere'), PATH: join(old, 'bin') };
    await expect(findJdk({ env })).rejects.toMatchObject({
      code: 'jdk_missing',
      message: expect.stringMatching(
        /nowhere.*holds no bin\/java.*version 11\.0\.1.*apt-get install/s,
      ) as string,
    });
  });
});

describe.skipIf(process.platform === 'win32')('findMaven', () => {
  it('reads the version', async () => {
    await script('bin/mvn', 'echo "Apache Maven 3.9.9 (abc)"');
    expect(await findMaven({ env: { MAVEN_HOME: folder } })).toEqual({
      mvn: join(folder, 'bin', 'mvn'),
      version: '3.9.9',
    });
  });

  it('says how to get it', async () => {
    await expect(findMaven({ env: { PATH: folder } })).rejects.toMatchObject({
      code: 'maven_missing',
      message: expect.stringContaining('apt-get install maven') as string,
    });
  });
});

describe('userCacheFolder', () => {
  it('respects XDG_CACHE_HOME when it is absolute', () => {
    expect(userCacheFolder({ XDG_CACHE_HOME: '/somewhere' })).toBe(join('/somewhere', 'riskwatch'));
    expect(userCacheFolder({ XDG_CACHE_HOME: 'relative' })).toBe(userCacheFolder({}));
  });
});
