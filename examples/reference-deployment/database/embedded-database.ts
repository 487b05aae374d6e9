import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { acquireFileLock, type FileLock } from '@riskwatch/java-process';
import { freeBytesOf } from '../role-process/free-bytes.js';
import { DatabaseUnavailableError, type Connection, type Database, type Row } from './database.js';

/** Postgres in process is never let near a full disk: there it would spin for ever instead of failing. */
const RESERVED_BYTES = 128 * 1024 * 1024;

/** Small buffers, since 128 MiB of them would only double what the page cache holds; WAL files are reused early. */
const SETTINGS = ['shared_buffers=16MB', 'min_wal_size=32MB', 'max_wal_size=64MB'];

/** The disk under the embedded database is almost full; writes wait until there is space again. */
export class DiskFullError extends Error {
  readonly code = 'disk_full';
  override readonly name = 'DiskFullError';
}

/**
 * Opens Postgres in this process, its files under `folder`, which belongs to this process alone until `close`.
 * An acknowledged transaction survives `kill -9` (the WAL is replayed at the next start); it does not survive a power
 * cut, since the WebAssembly build cannot fsync: where that matters, give a postgres:// URL.
 * @throws {JavaProcessError} `locked` while another process, or this one, has the folder open; it names that process.
 * @throws {DatabaseUnavailableError} where the files cannot be read.
 */
export async function openEmbeddedDatabase(
  folder: string,
  { freeBytes = freeBytesOf }: { freeBytes?: (folder: string) => Promise<number> } = {},
): Promise<Database> {
  const requireSpace = async () => {
    if ((await freeBytes(folder)) >= RESERVED_BYTES) return;
    throw new DiskFullError(
      `less than ${RESERVED_BYTES / 1024 / 1024} MiB are free on the disk of ${folder}; free some space, writing goes on by itself`,
    );
  };
  // Postgres itself locks nothing here: two processes would both write, and ruin the files.
  const lock = await acquireFileLock(join(folder, 'owner.lock'), { what: `the database folder ${folder}` });
  try {
    await requireSpace();
    const files = join(folder, 'postgres');
    if (!existsSync(files)) await initialise(files);
    return new EmbeddedDatabase(await openFiles(files), requireSpace, lock);
  } catch (cause) {
    await lock.release();
    if (cause instanceof DiskFullError) throw cause;
    throw new DatabaseUnavailableError(
      `the embedded database in ${folder} cannot be opened (${cause instanceof Error ? cause.message : String(cause)}); ` +
        'move that folder away to begin with an empty one, or restore a copy of it',
      { cause },
    );
  }
}

const openFiles = (dataDir: string): Promise<PGlite> =>
  PGlite.create({
    dataDir,
    startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])],
  });

/** A new cluster takes seconds to write; killed in the middle it must not be taken for a whole one. */
async function initialise(files: string): Promise<void> {
  const draft = `${files}.new`;
  await rm(draft, { recursive: true, force: true });
  await (await openFiles(draft)).close();
  await rename(draft, files);
}

class EmbeddedDatabase implements Database {
  readonly kind = 'embedded';
  readonly #postgres: PGlite;
  readonly #requireSpace: () => Promise<void>;
  readonly #lock: FileLock;

  constructor(postgres: PGlite, requireSpace: () => Promise<void>, lock: FileLock) {
    this.#postgres = postgres;
    this.#requireSpace = requireSpace;
    this.#lock = lock;
  }

  query<R extends object = Row>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return connectionOn(this.#postgres).query<R>(sql, parameters);
  }

  execute(sql: string): Promise<void> {
    return connectionOn(this.#postgres).execute(sql);
  }

  async transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    await this.#requireSpace();
    return this.#postgres.transaction((transaction) => work(connectionOn(transaction)));
  }

  /** A single-process Postgres has no background workers: without this its WAL grows for ever and nothing is vacuumed. */
  async maintain(): Promise<void> {
    await this.#requireSpace();
    await this.#postgres.exec('CHECKPOINT');
    const [dirty] = await this.query<{ dead: number }>(
      'SELECT coalesce(sum(n_dead_tup), 0)::int AS dead FROM pg_stat_user_tables',
    );
    if ((dirty?.dead ?? 0) > 10_000) await this.#postgres.exec('VACUUM ANALYZE');
  }

  async close(): Promise<void> {
    try {
      // Closing writes a checkpoint. Without space for it the WAL stays and is replayed at the next start.
      await this.#requireSpace();
      await this.#postgres.close();
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
    } finally {
      await this.#lock.release();
    }
  }
}

const connectionOn = (target: Pick<Transaction, 'query' | 'exec'>): Connection => ({
  query: async <R extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await target.query<R>(sql, [...parameters])).rows,
  execute: async (sql) => {
    await target.exec(sql);
  },
});
