import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AssetError } from './errors.js';
import type { FootageRoute } from './footage.js';
import { OPENCV_ARCHIVE } from './opencv-archive.js';
import { extractEntry } from './tar.js';

const PUBLIC_INDEX = 'https://pypi.org/simple';
const DEADLINE_MS = 600_000;

/**
 * Where there is no Python: asks the package index (`PIP_INDEX_URL`, else the public one) where the archive lies, by
 * the simple repository API (PEP 503 and PEP 691), and reads the archive only as far as the clip's end.
 */
export const fetchFromArchiveIndex: FootageRoute = async (workDir, clip, options) => {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new AssetError('asset_unavailable', `no end after ${DEADLINE_MS / 1_000} s`)),
    DEADLINE_MS,
  );
  const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
  try {
    return await readArchive(workDir, clip, { ...options, signal });
  } finally {
    clearTimeout(timer);
  }
};

const readArchive: FootageRoute = async (workDir, clip, { env, signal }) => {
  const index = new URL(env['PIP_INDEX_URL'] ?? PUBLIC_INDEX);
  const authorization = takeCredentials(index);
  const get = async (url: URL, accept: string): Promise<Response> => {
    const headers: Record<string, string> = { accept };
    if (authorization && url.origin === index.origin) headers['authorization'] = authorization;
    const response = await fetch(url, { headers, signal: signal ?? null });
    if (response.ok && response.body) return response;
    await response.body?.cancel();
    throw new AssetError('asset_unavailable', `${url.host} answered ${response.status}`);
  };

  const { project, file, version, clipFolder } = OPENCV_ARCHIVE;
  const page = new URL(`${index.href.replace(/\/+$/, '')}/${project}/`);
  const listing = await get(page, 'application/vnd.pypi.simple.v1+json, text/html;q=0.5');
  const base = new URL(listing.url || page);
  const link = findArchive(await listing.text(), listing.headers.get('content-type') ?? '', file);
  if (!link) throw new AssetError('asset_unavailable', `${page.host} does not offer ${file}`);
  const archive = await get(new URL(link, base), 'application/octet-stream, */*;q=0.5');
  const found = join(workDir, clip.name);
  const entry = `${project}-${version}/${clipFolder}/${clip.name}`;
  const body = Readable.fromWeb(archive.body as Parameters<typeof Readable.fromWeb>[0]);
  await extractEntry(body, entry, found, clip.bytes);
  return found;
};

/** fetch refuses addresses that hold credentials, and an error message must not show them. */
function takeCredentials(url: URL): string | undefined {
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (!username) return undefined;
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

function findArchive(listing: string, contentType: string, file: string): string | undefined {
  if (contentType.includes('json')) {
    const { files } = JSON.parse(listing) as { files?: { filename?: string; url?: string }[] };
    return files?.find((each) => each.filename === file)?.url;
  }
  const links = listing.matchAll(/<a\s[^>]*href="([^"]+)"[^>]*>\s*([^<]+?)\s*<\/a>/gi);
  for (const [, href, name] of links) {
    if (name === file) return href?.replaceAll('&amp;', '&');
  }
  return undefined;
}
