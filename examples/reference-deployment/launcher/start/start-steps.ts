/** A word in the languages of the screen. */
export interface Title {
  readonly en: string;
  readonly zh: string;
}

export const startSteps = {
  assets: { en: 'Model and footage', zh: '模型与视频素材' },
  kafka: { en: 'Kafka', zh: 'Kafka' },
  topics: { en: 'Topics', zh: '主题' },
  provider: { en: 'Provider simulator', zh: '模型服务模拟器' },
  scheduler: { en: 'Scheduler', zh: '调度器' },
  flink: { en: 'Flink job', zh: 'Flink 作业' },
  storage: { en: 'Storage', zh: '存储' },
  alerts: { en: 'Alerts', zh: '告警' },
  dashboard: { en: 'Dashboard', zh: '仪表盘' },
  camera: { en: 'Cameras', zh: '摄像头' },
} as const satisfies Record<string, Title>;
export type StepId = keyof typeof startSteps;

export interface Step {
  readonly id: StepId;
  readonly title: Title;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** What it is doing at this moment, or why it failed. */
  readonly detail?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** What the starting screen shows: `start-steps.json`. */
export interface StartProgress {
  readonly startedAt: string;
  readonly steps: readonly Step[];
}

/** Follows the start, step by step, and tells each change. */
export class StepTracker {
  readonly #startedAt: string;
  readonly #steps: Map<StepId, Step>;
  readonly #onChange: (progress: StartProgress, changed: Step) => void;
  readonly #now: () => Date;

  constructor(
    ids: readonly StepId[],
    onChange: (progress: StartProgress, changed: Step) => void,
    now: () => Date = () => new Date(),
  ) {
    this.#onChange = onChange;
    this.#now = now;
    this.#startedAt = now().toISOString();
    this.#steps = new Map(ids.map((id) => [id, { id, title: startSteps[id], state: 'waiting' }]));
  }

  get progress(): StartProgress {
    return { startedAt: this.#startedAt, steps: [...this.#steps.values()] };
  }

  /** Runs one step; `detail` says what it is doing. Its error is passed on. */
  async run<T>(id: StepId, work: (detail: (text: string) => void) => Promise<T>): Promise<T> {
    this.#set(id, { state: 'running', startedAt: this.#now().toISOString() });
    try {
      const result = await work((detail) => this.#set(id, { detail }));
      this.#set(id, { state: 'done', finishedAt: this.#now().toISOString() });
      return result;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#set(id, { state: 'failed', detail, finishedAt: this.#now().toISOString() });
      throw error;
    }
  }

  #set(id: StepId, change: Partial<Step>): void {
    const before = this.#steps.get(id) ?? { id, title: startSteps[id], state: 'waiting' };
    const { detail, ...rest } = { ...before, ...change };
    const step: Step = { ...rest, ...(detail !== undefined && rest.state !== 'done' && { detail }) };
    this.#steps.set(id, step);
    this.#onChange(this.progress, step);
  }
}
