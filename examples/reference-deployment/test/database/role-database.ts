import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../database/database.js';
import { migrate, readMigrations } from '../../database/migrate.js';
import { openDatabase } from '../../database/open-database.js';

/** A real Postgres in a folder of its own with the tables of one role. */
export async function openRoleDatabase(
  role: 'storage' | 'alerts',
): Promise<{ database: Database; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), `riskwatch-${role}-`));
  const database = await openDatabase('embedded', folder);
  await migrate(
    database,
    role,
    readMigrations(new URL(`../../roles/${role}/${role}-migrations/`, import.meta.url)),
  );
  return {
    database,
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
