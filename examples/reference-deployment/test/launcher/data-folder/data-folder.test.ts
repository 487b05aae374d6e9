import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveSecret } from '../../../config/load-deployment.js';
import { ensureAdminToken } from '../../../launcher/data-folder/admin-token.js';
import { defaultDataDir } from '../../../launcher/data-folder/locations.js';

it('is where the base directory specification says', () => {
  expect(defaultDataDir({ XDG_DATA_HOME: '/somewhere' })).toBe('/somewhere/riskwatch');
  const standard = join(homedir(), '.local', 'share', 'riskwatch');
  expect(defaultDataDir({})).toBe(standard);
  expect(defaultDataDir({ XDG_DATA_HOME: 'relative' })).toBe(standard);
});

it('has one admin token, for its owner only', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'data-folder-'));
  try {
    const reference = ensureAdminToken(dataDir);
    const token = resolveSecret(reference, '/');
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(statSync(join(dataDir, 'admin-token')).mode & 0o777).toBe(0o600);
    expect(resolveSecret(ensureAdminToken(dataDir), '/')).toBe(token);
    expect(readFileSync(join(dataDir, 'admin-token'), 'utf8')).toBe(`${token}\n`);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
