import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartView } from '../live/live-state.js';
import { startSteps } from './upstream.js';

export const startStepsFile = (dataDir: string) => join(dataDir, 'run', 'start-steps.json');

/** Reads the launcher's progress; the file is replaced as a whole at each change, or not there at all. */
export class StartStepsFeed {
  readonly #path: string;
  #stamp = '';
  #view: StartView | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<StartView | null> {
    try {
      const { mtimeMs, size, ino } = await stat(this.#path);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (stamp === this.#stamp) return this.#view;
      const parsed = startSteps.safeParse(JSON.parse(await readFile(this.#path, 'utf8')));
      this.#stamp = stamp;
      this.#view = parsed.success ? parsed.data : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#view = null;
    }
    return this.#view;
  }
}
