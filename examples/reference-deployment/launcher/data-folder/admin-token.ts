import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from './write-file.js';

/** The scheduler's admin token of this data folder, made on first use; returns a reference to it. */
export function ensureAdminToken(dataDir: string): string {
  const path = join(dataDir, 'admin-token');
  if (existsSync(path)) chmodSync(path, 0o600);
  else writeFileWhole(path, `${randomBytes(32).toString('base64url')}\n`, 0o600);
  return `file:${path}`;
}
