/** Somebody wants the run to end. */
export class StopRequested extends Error {
  readonly code = 'stop_requested';
  override readonly name = 'StopRequested';
}

export interface StopSources {
  /** Where signals come from and what is watched. */
  readonly process: Pick<NodeJS.Process, 'on' | 'off' | 'ppid'>;
  /** Whether to end when the parent does: npm that was killed cannot pass its signal on. */
  readonly withParent: boolean;
  /** Somebody asked again: end at once. */
  readonly onForced: () => void;
  /** Milliseconds since some moment. */
  readonly now?: () => number;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_POLL_MS = 500;
/** One Ctrl-C can come twice, from the terminal and from npm; a person who insists takes longer. */
const SAME_REQUEST_MS = 700;

/** Turns Ctrl-C, SIGTERM, a closed terminal or a parent that is gone into one signal to stop. */
export class StopRequest {
  readonly #controller = new AbortController();
  readonly #sources: StopSources;
  readonly #onSignal = (name: string) => {
    const now = this.#now();
    if (!this.signal.aborted) {
      this.#askedAt = now;
      this.#request(name);
    } else if (name !== 'SIGHUP' && now - this.#askedAt >= SAME_REQUEST_MS) this.#sources.onForced();
  };
  readonly #now: () => number;
  #askedAt = 0;
  readonly #parentTimer: NodeJS.Timeout | undefined;

  constructor(sources: StopSources) {
    this.#sources = sources;
    this.#now = sources.now ?? (() => performance.now());
    for (const name of stopSignals) sources.process.on(name, this.#onSignal);
    if (sources.withParent) {
      const parent = sources.process.ppid;
      this.#parentTimer = setInterval(() => {
        if (sources.process.ppid === parent) return;
        clearInterval(this.#parentTimer);
        this.#request('npm is gone');
      }, PARENT_POLL_MS);
      this.#parentTimer.unref();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  dispose(): void {
    clearInterval(this.#parentTimer);
    for (const name of stopSignals) this.#sources.process.off(name, this.#onSignal);
  }

  #request(why: string): void {
    this.#controller.abort(new StopRequested(why));
  }
}
