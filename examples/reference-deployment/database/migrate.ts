import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from './database.js';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** The migration files contradict each other or the database. */
export class MigrationError extends Error {
  readonly code = 'migration_invalid';
  override readonly name = 'MigrationError';
}

/**
 * Reads the `NNN-name.sql` files of a folder in order; they count 1, 2, 3 … without a gap.
 * @throws {MigrationError} where a name or number breaks that.
 */
export function readMigrations(folder: URL): Migration[] {
  return orderMigrations(
    readdirSync(folder).map((file) => ({ file, sql: readFileSync(new URL(file, folder), 'utf8') })),
  );
}

/** The pure part of {@link readMigrations}. */
export function orderMigrations(files: readonly { file: string; sql: string }[]): Migration[] {
  const migrations = files.map(({ file, sql }) => {
    const match = /^(\d{3})-([a-z0-9-]+)\.sql$/.exec(file);
    if (!match) throw new MigrationError(`${file}: a migration is named like 001-what-it-does.sql`);
    return { number: Number(match[1]), name: match[2] ?? '', sql };
  });
  migrations.sort((a, b) => a.number - b.number);
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) {
      throw new MigrationError(`${name}: migration ${number} stands where ${index + 1} is expected`);
    }
  });
  return migrations;
}

/**
 * Brings the tables of one role up to date: each migration in a transaction of its own, recorded with its hash.
 * Several processes may start at once; one of them does the work.
 * @returns how many were applied now.
 * @throws {MigrationError} where a recorded migration has another text than its file, or a newer release has been here.
 */
export async function migrate(
  database: Database,
  role: string,
  migrations: readonly Migration[],
): Promise<number> {
  await database.transaction(async (connection) => {
    await connection.query("SELECT pg_advisory_xact_lock(hashtext('riskwatch_migrations'))");
    await connection.execute(
      `CREATE TABLE IF NOT EXISTS riskwatch_migrations (
         role text, number int, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (role, number))`,
    );
  });
  let applied = 0;
  for (const migration of migrations) {
    const sha256 = createHash('sha256').update(migration.sql).digest('hex');
    applied += await database.transaction(async (connection) => {
      await connection.query("SELECT pg_advisory_xact_lock(hashtext('riskwatch_migrations'))");
      const [known] = await connection.query<{ sha256: string }>(
        'SELECT sha256 FROM riskwatch_migrations WHERE role = $1 AND number = $2',
        [role, migration.number],
      );
      if (known && known.sha256 !== sha256) {
        throw new MigrationError(
          `${role} migration ${migration.number} (${migration.name}) was applied with another text; write a new one instead of changing it`,
        );
      }
      if (known) return 0;
      await connection.execute(migration.sql);
      await connection.query(
        'INSERT INTO riskwatch_migrations (role, number, name, sha256) VALUES ($1, $2, $3, $4)',
        [role, migration.number, migration.name, sha256],
      );
      return 1;
    });
  }
  const [newest] = await database.query<{ number: number | null }>(
    'SELECT max(number) AS number FROM riskwatch_migrations WHERE role = $1',
    [role],
  );
  if ((newest?.number ?? 0) > migrations.length) {
    throw new MigrationError(
      `${role}: the database is at migration ${newest?.number}, this release knows ${migrations.length}; run the newer release`,
    );
  }
  return applied;
}
