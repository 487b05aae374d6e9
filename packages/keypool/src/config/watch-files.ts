import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, ClockTimer } from '../clock.js';

/** Editors write in several steps; so long after the last of them the file is read. */
const quietMs = 100;

/**
 * Calls `changed` after something happened in the folders of some files. Folders are watched, not the files:
 * editors and Kubernetes put a new file in the old one's place. Does not keep the process alive.
 */
export class FileWatch {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: ClockTimer | undefined;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Watches these files and no others. */
  follow(files: readonly string[]): void {
    const folders = new Set(files.map((file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue;
      const watcher = watch(folder, { persistent: false }, () => this.#stir());
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    }
  }

  close(): void {
    this.#timer?.cancel();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #stir(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(quietMs, () => this.#changed());
  }
}
