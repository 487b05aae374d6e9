import { join } from 'node:path';
import { acquireFileLock, JavaProcessError, type FileLock } from '@riskwatch/java-process';

/**
 * Ports that this launcher has chosen and whose servers may not listen yet: another launcher of this user, started in
 * the same moment, would find them free as well.
 */
export class PortClaims {
  readonly #folder: string;
  readonly #locks: FileLock[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether the port is ours now, until `release` or the end of this process. */
  async claim(port: number): Promise<boolean> {
    try {
      this.#locks.push(await acquireFileLock(join(this.#folder, `${port}.lock`), { what: `port ${port}` }));
      return true;
    } catch (error) {
      if (error instanceof JavaProcessError && error.code === 'locked') return false;
      throw error;
    }
  }

  async release(): Promise<void> {
    await Promise.all(this.#locks.splice(0).map((lock) => lock.release()));
  }
}
