import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensurePinned } from '../src/pinned-file.js';
import { pinnedAs, temporaryFolder } from './support/files.js';

const pinned = pinnedAs('thing', 'right');
const fetchAs = (content: string) => async (workDir: string) => {
  await writeFile(join(workDir, 'got'), content);
  return join(workDir, 'got');
};

test('puts the fetched file in place and leaves nothing else behind', async () => {
  const folder = join(await temporaryFolder(), 'not', 'there', 'yet');
  await ensurePinned(join(folder, 'thing'), pinned, fetchAs('right'));
  expect(await readFile(join(folder, 'thing'), 'utf8')).toBe('right');
  expect(await readdir(folder)).toEqual(['thing']);
});

test('what is there is not fetched again; what is damaged is', async () => {
  const folder = await temporaryFolder();
  const target = join(folder, 'thing');
  await writeFile(target, 'wrong');
  let fetches = 0;
  const fetch = (workDir: string) => {
    fetches += 1;
    return fetchAs('right')(workDir);
  };
  await ensurePinned(target, pinned, fetch);
  await ensurePinned(target, pinned, fetch);
  expect(fetches).toBe(1);
});

test('other bytes never reach the target', async () => {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  await expect(ensurePinned(join(folder, 'thing'), pinned, fetchAs('wrong'))).rejects.toMatchObject({
    code: 'asset_mismatch',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('two starters at once both end well', async () => {
  const folder = await temporaryFolder();
  const target = join(folder, 'thing');
  await Promise.all([1, 2, 3].map(() => ensurePinned(target, pinned, fetchAs('right'))));
  expect(await readdir(folder)).toEqual(['thing']);
});
