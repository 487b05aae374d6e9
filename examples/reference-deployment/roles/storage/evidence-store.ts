import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { freeBytesOf } from '../../role-process/free-bytes.js';
import { hourFolderOf, hourFoldersWithin, isEvidenceName, isExpiredFolder } from './evidence-folders.js';

/** Pictures leave this much of the disk to those who need it more: the database, the broker. */
const RESERVED_BYTES = 512 * 1024 * 1024;

/** A picture could not be written; it can be tried again once the disk is well. */
export class EvidenceWriteError extends Error {
  readonly code = 'evidence_write_failed';
  override readonly name = 'EvidenceWriteError';
}

export interface EvidenceStoreOptions {
  readonly folder: string;
  readonly keepMs: number;
  readonly now: () => number;
  /** Free bytes on the disk of a folder; default: asks the system. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

export interface Evidence {
  readonly jpeg: Buffer;
  /** Milliseconds until it is gone. */
  readonly expiresInMs: number;
}

/**
 * JPEGs as files named by their SHA-256, in one folder per hour of arrival, so that expiry removes whole folders and
 * never has to look at single files.
 */
export class EvidenceStore {
  readonly #options: EvidenceStoreOptions;

  constructor(options: EvidenceStoreOptions) {
    this.#options = options;
  }

  /**
   * Keeps a picture; it is on disk, whole, when this resolves.
   * @returns its hash, and whether it had to be written (false: it came before within the hour).
   * @throws {EvidenceWriteError} where the disk is (almost) full or refuses.
   */
  async keep(jpeg: Buffer): Promise<{ sha256: string; written: boolean }> {
    const sha256 = createHash('sha256').update(jpeg).digest('hex');
    const folder = join(this.#options.folder, hourFolderOf(this.#options.now()));
    const path = join(folder, `${sha256}.jpg`);
    try {
      if (await this.#renew(path)) return { sha256, written: false };
      await mkdir(folder, { recursive: true });
      await this.#requireSpace();
      await writeWhole(path, jpeg, new Date(this.#options.now()));
      return { sha256, written: true };
    } catch (cause) {
      if (cause instanceof EvidenceWriteError) throw cause;
      throw new EvidenceWriteError(
        `evidence cannot be written to ${this.#options.folder} (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
        { cause },
      );
    }
  }

  /** The picture with that hash, or undefined where there is none or its time is over. */
  async find(sha256: string): Promise<Evidence | undefined> {
    if (!isEvidenceName(sha256)) return undefined;
    const { folder, keepMs, now } = this.#options;
    for (const hour of hourFoldersWithin(now(), keepMs)) {
      const path = join(folder, hour, `${sha256}.jpg`);
      try {
        const { mtimeMs } = await stat(path);
        const expiresInMs = mtimeMs + keepMs - now();
        return expiresInMs > 0 ? { jpeg: await readFile(path), expiresInMs } : undefined;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return undefined;
  }

  /** Removes what has been kept long enough; answers how many hour folders went. */
  async sweep(): Promise<number> {
    const { folder, keepMs, now } = this.#options;
    await mkdir(folder, { recursive: true });
    const expired = (await readdir(folder)).filter((name) => isExpiredFolder(name, now(), keepMs));
    for (const name of expired) await rm(join(folder, name), { recursive: true, force: true });
    return expired.length;
  }

  /** Free bytes on the evidence's disk. */
  freeBytes(): Promise<number> {
    const { folder, freeBytes = freeBytesOf } = this.#options;
    return freeBytes(folder);
  }

  /** The same picture again: its time begins anew. False where it is not there. */
  async #renew(path: string): Promise<boolean> {
    const moment = new Date(this.#options.now());
    try {
      await utimes(path, moment, moment);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  async #requireSpace(): Promise<void> {
    const free = await this.freeBytes();
    if (free >= RESERVED_BYTES) return;
    throw new EvidenceWriteError(
      `the disk of ${this.#options.folder} is almost full (${Math.floor(free / 1024 / 1024)} MiB free, ${RESERVED_BYTES / 1024 / 1024} are left alone); free some space`,
    );
  }
}

/** A reader sees the whole file or none, and after a crash as well. */
async function writeWhole(path: string, content: Buffer, moment: Date): Promise<void> {
  const draft = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(draft, 'wx', 0o640);
    try {
      await file.writeFile(content);
      await file.utimes(moment, moment);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
}
