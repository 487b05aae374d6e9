import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const isExecutable = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.X_OK);
    // A folder may be executable too.
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
};

/** The given folder's programs of that name, then the ones on `PATH`, in order, without repeats. */
export const findExecutables = async (
  name: string,
  { env, firstFolders = [] }: { env: NodeJS.ProcessEnv; firstFolders?: readonly (string | undefined)[] },
): Promise<string[]> => {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = [...firstFolders, ...(env['PATH'] ?? '').split(delimiter)];
  const candidates = folders
    .filter((folder): folder is string => folder !== undefined && folder !== '')
    .flatMap((folder) => names.map((file) => join(folder, file)));
  const found: string[] = [];
  for (const candidate of new Set(candidates)) if (await isExecutable(candidate)) found.push(candidate);
  return found;
};
