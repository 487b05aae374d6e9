import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { extractEntry } from '../src/tar.js';
import { tarGz, temporaryFolder } from './support/files.js';

const inPieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    ),
  );

test('takes out one file, however the archive arrives', async () => {
  const target = join(await temporaryFolder(), 'found');
  const content = randomBytes(70_001);
  const archive = tarGz([
    { name: 'a/first', content: 'x'.repeat(513) },
    { name: 'a/folder/', content: '', type: '5' },
    { name: 'a/wanted', content },
  ]);
  for (const size of [97, 4096, archive.length]) {
    await extractEntry(inPieces(archive, size), 'a/wanted', target, content.length);
    expect((await readFile(target)).equals(content)).toBe(true);
  }
});

test('knows long names', async () => {
  const target = join(await temporaryFolder(), 'found');
  const name = `${'deep/'.repeat(30)}file`;
  const archive = tarGz([{ name, content: 'yes' }]);
  await extractEntry(inPieces(archive, 1000), name, target, 3);
  expect(await readFile(target, 'utf8')).toBe('yes');
});

test('a link of the wanted name is not the file', async () => {
  const target = join(await temporaryFolder(), 'found');
  const archive = tarGz([{ name: 'wanted', content: '', type: '2' }]);
  await expect(extractEntry(inPieces(archive, 100), 'wanted', target, 10)).rejects.toThrow(
    /does not hold wanted/,
  );
});

const file = randomBytes(9000);

test.each([
  ['a cut archive', tarGz([{ name: 'wanted', content: file }]).subarray(0, 5000)],
  ['an archive without the file', tarGz([{ name: 'other', content: file }])],
  ['no gzip', Buffer.from('plain text')],
  ['nothing', Buffer.alloc(0)],
])('%s is a typed error', async (_what, archive) => {
  const target = join(await temporaryFolder(), 'found');
  await expect(extractEntry(inPieces(archive, 1000), 'wanted', target, 9000)).rejects.toMatchObject({
    code: 'archive_invalid',
  });
});

test('an entry larger than expected is refused before it is written', async () => {
  const target = join(await temporaryFolder(), 'found');
  const archive = tarGz([{ name: 'wanted', content: file }]);
  await expect(extractEntry(inPieces(archive, 1000), 'wanted', target, 8999)).rejects.toThrow(/larger than/);
  await expect(readFile(target)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an error of the stream itself arrives', async () => {
  const target = join(await temporaryFolder(), 'found');
  const broken = new Readable({
    read() {
      this.destroy(new Error('connection lost'));
    },
  });
  await expect(extractEntry(broken, 'wanted', target, 1)).rejects.toThrow(/connection lost/);
});
