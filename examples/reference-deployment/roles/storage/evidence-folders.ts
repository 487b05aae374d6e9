const HOUR_MS = 3_600_000;

/** The folder, one per UTC hour, that pictures arriving at `moment` go to: `2026-05-01T08`. */
export function hourFolderOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 13);
}

/** The hour folders in which a picture kept for `keepMs` may lie, newest first. */
export function hourFoldersWithin(now: number, keepMs: number): string[] {
  const folders: string[] = [];
  const oldest = Math.floor((now - keepMs) / HOUR_MS);
  for (let hour = Math.floor(now / HOUR_MS); hour >= oldest; hour--)
    folders.push(hourFolderOf(hour * HOUR_MS));
  return folders;
}

/** Whether everything in an hour folder has been kept for `keepMs`; false for any other name, which is not ours. */
export function isExpiredFolder(name: string, now: number, keepMs: number): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}$/.test(name)) return false;
  const start = Date.parse(`${name}:00:00.000Z`);
  return !Number.isNaN(start) && start + HOUR_MS + keepMs <= now;
}

/** A JPEG's name: the lower-case hex SHA-256 of its bytes; nothing else becomes part of a path. */
export const isEvidenceName = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
