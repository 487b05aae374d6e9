/**
 * Keys in a file that is followed while the program runs.
 *
 * ```ts
 * import { openKeysFile } from '@riskwatch/keypool/config';
 *
 * const file = await openKeysFile('keys.yaml');
 * const pool = file.pool();
 * file.on('rejected', (error) => console.error(error.message));
 * ```
 *
 * @module
 */
export { openKeysFile, type KeysFile, type KeysFileEvents, type KeysFileOptions } from './keys-file.js';
export type { Environment } from './secret-reference.js';
