import type { Database } from './database.js';
import { openEmbeddedDatabase } from './embedded-database.js';
import { openServerDatabase } from './server-database.js';

/**
 * Opens the database that a deployment names: `embedded` (under `folder`) or a postgres:// URL.
 * @throws {DatabaseUnavailableError | DiskFullError | JavaProcessError} where it cannot be opened.
 */
export function openDatabase(database: string, folder: string): Promise<Database> {
  return database === 'embedded' ? openEmbeddedDatabase(folder) : openServerDatabase(database);
}
