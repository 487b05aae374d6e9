import { renameSync, writeFileSync } from 'node:fs';

/** Writes a whole file or nothing: readers see the old content or the new one. `mode` 0o600 for what holds secrets. */
export function writeFileWhole(path: string, text: string, mode = 0o644): void {
  const half = `${path}.${process.pid}.tmp`;
  writeFileSync(half, text, { mode });
  renameSync(half, path);
}
