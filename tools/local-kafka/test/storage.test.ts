import { access, chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatStorage, type FormatOptions } from '../src/storage.js';

let folder: string;
let options: FormatOptions;

const program = async (name: string, body: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-'));
  const jdk = {
    home: folder,
    version: '17',
    major: 17,
    java: '',
    javac: await program('javac', 'while [ "$1" != -d ]; do shift; done; touch "$2/LauncherGuard.class"'),
  };
  options = { jdk, jars: join(folder, 'jars'), cacheDir: join(folder, 'cache') };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The last argument names the configuration, which stands beside the folder to be formatted. */
const formatting = (rest: string) => `for last; do :; done
data="$(dirname "$last")/data"
mkdir -p "$data"
echo "Formatting metadata directory $data"
${rest}`;
const whole = 'printf "cluster.id=x\\ndirectory.id=y\\n" > "$data/meta.properties"';

describe.skipIf(process.platform === 'win32')('formatStorage', () => {
  it.each([
    ['fails', 'exit 1'],
    ['is killed', 'kill -9 $$'],
  ])('keeps nothing of a formatting that %s half-way', async (_, end) => {
    options.jdk.java = await program('java', formatting(end));
    const target = join(folder, 'data');
    await expect(formatStorage(target, options)).rejects.toMatchObject({ code: 'exited_early' });
    expect(await readdir(join(folder, 'cache', 'kafka'))).toEqual([]);
    options.jdk.java = await program('java', formatting(whole));
    await formatStorage(target, options);
    await access(join(target, 'meta.properties'));
  });
});
