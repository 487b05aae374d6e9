import { writeFileWhole } from '../data-folder/write-file.js';
import type { Terminal } from '../terminal.js';
import type { Step, StartProgress } from './start-steps.js';

/** Shows the start in the terminal and writes it down for the dashboard's starting screen. */
export class StartScreen {
  readonly #terminal: Terminal;
  readonly #file: string;
  readonly #details = new Map<string, string>();
  #progress: StartProgress | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(terminal: Terminal, file: string) {
    this.#terminal = terminal;
    this.#file = file;
    this.#timer = setInterval(() => this.#draw(), terminal.isLive ? 200 : 1_000);
    this.#timer.unref();
  }

  readonly show = (progress: StartProgress, changed: Step): void => {
    this.#progress = progress;
    writeFileWhole(this.#file, JSON.stringify(progress));
    if (changed.state === 'done') this.#terminal.line(`✔ ${changed.title.en} (${secondsOf(changed)} s)`);
    else if (changed.state === 'failed') this.#terminal.line(`✖ ${changed.title.en}`);
    else if (changed.detail && changed.detail !== this.#details.get(changed.id) && !this.#terminal.isLive) {
      this.#terminal.line(`  ${changed.title.en}: ${changed.detail}`);
    }
    this.#details.set(changed.id, changed.detail ?? '');
    this.#draw();
  };

  close(): void {
    clearInterval(this.#timer);
    this.#terminal.live('');
  }

  #draw(): void {
    const running = this.#progress?.steps.filter(({ state }) => state === 'running') ?? [];
    if (!this.#terminal.isLive || running.length === 0) return;
    const seconds = Math.round((Date.now() - Date.parse(this.#progress?.startedAt ?? '')) / 1000);
    const names = running.map(({ title, detail }) => (detail ? `${title.en} (${detail})` : title.en));
    this.#terminal.live(`Starting, ${seconds} s: ${names.join(', ')}`);
  }
}

function secondsOf({ startedAt = '', finishedAt = '' }: Step): string {
  return ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
}
