import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';

/** The Chromium that the package `@sparticuz/chromium` carries, unpacked, and what it needs around it. */
export interface CarriedBrowser {
  readonly executable: string;
  /** Shared libraries for machines that have no desktop. */
  readonly libraries: string;
}

/** Of the package in package.json; the folder's name changes with it. */
const VERSION = '147';

/**
 * Unpacks the carried Chromium (Linux only) once into the user's cache folder.
 * @throws {Error} on another system: there a browser has to be installed.
 */
export async function unpackCarriedBrowser(env: NodeJS.ProcessEnv = process.env): Promise<CarriedBrowser> {
  if (process.platform !== 'linux')
    throw new Error('no Chrome or Chromium found: install one, or name it in CHROME_PATH');
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'riskwatch');
  const folder = join(cache, `chromium-${VERSION}-${process.arch}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    // Unpacked aside and moved as a whole, so that nobody starts half a browser.
    const aside = await mkdtemp(join(cache, 'chromium-'));
    try {
      const packed = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '../../bin');
      await pipeline(
        createReadStream(join(packed, 'chromium.br')),
        createBrotliDecompress(),
        createWriteStream(join(aside, 'chromium'), { mode: 0o755 }),
      );
      await untar(join(packed, 'swiftshader.tar.br'), aside);
      await untar(join(packed, 'al2023.tar.br'), aside);
      await rename(aside, folder).catch((error: NodeJS.ErrnoException) => {
        // Somebody else was quicker; theirs is as good.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
  return { executable: join(folder, 'chromium'), libraries: join(folder, 'lib') };
}

async function untar(packed: string, folder: string): Promise<void> {
  const tar = spawn('tar', ['-x', '-C', folder], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<void>((done, failed) => {
    tar.once('error', failed);
    tar.once('close', (code) => (code === 0 ? done() : failed(new Error(`tar ended with ${code}`))));
  });
  // Tar stops reading at the archive's end mark, before the padding behind it; its exit code is what counts.
  const fed = pipeline(createReadStream(packed), createBrotliDecompress(), tar.stdin).catch(() => undefined);
  await Promise.all([fed, ended]);
}
