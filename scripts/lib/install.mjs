import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLogged } from './run-logged.mjs';

/**
 * What the installed packages depend on: the lockfile and, for native parts, Node's ABI and the platform.
 * @param {string} root
 */
function fingerprint(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.versions.modules} ${process.platform} ${process.arch}`)
    .digest('hex');
}

/**
 * Whether `node_modules` holds what the lockfile says: by the stamp of the last `npm ci` here, or because npm itself
 * has written its own record since the lockfile changed (somebody ran `npm install`).
 * @param {string} root
 */
export function isInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  const stamp = join(root, 'node_modules', '.riskwatch-install');
  if (!existsSync(record)) return false;
  if (existsSync(stamp)) {
    const [stamped, runtime] = readFileSync(stamp, 'utf8').split('\n');
    if (stamped === fingerprint(root)) return true;
    if (runtime !== process.versions.modules) return false;
  }
  return statSync(record).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/**
 * Installs exactly what the lockfile says (`npm ci`).
 * @param {string} root
 * @param {string} logFile
 * @param {{ onProgress?: (text: string) => void, signal?: AbortSignal }} [options]
 */
export async function install(root, logFile, { onProgress, signal } = {}) {
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=http'];
  let answers = 0;
  await runLogged({
    command: npm ? process.execPath : 'npm',
    args: npm ? [npm, ...args] : args,
    cwd: root,
    logFile,
    ...(signal && { signal }),
    onLine: (line) => {
      if (/\bhttp (fetch|cache)\b/.test(line)) onProgress?.(`${(answers += 1)} packages asked for`);
    },
  });
  writeFileSync(
    join(root, 'node_modules', '.riskwatch-install'),
    `${fingerprint(root)}\n${process.versions.modules}\n`,
  );
}
