import type { LiveMessage, Sections } from './live-state.js';

/** What may change from one moment to the next and is told every second. */
const everySecond = [
  'site',
  'start',
  'overall',
  'vitals',
  'order',
  'alertsAway',
  'pipeline',
  'keys',
] as const;
const everyStep = ['latency', 'failures'] as const;
export const STEP_MS = 15_000;

type Part = { -readonly [Name in keyof LiveMessage]: LiveMessage[Name] };

/**
 * Turns the state of the moment into messages that hold only what has changed. Cameras, their order and alerts go out
 * with each call; the rest with `second`, the chart and the failures each 15 s.
 */
export class Publisher {
  readonly #sections: () => Sections;
  readonly #now: () => number;
  readonly #sent = new Map<string, string>();
  #steppedAt = Number.NEGATIVE_INFINITY;

  constructor(options: { sections: () => Sections; now: () => number }) {
    this.#sections = options.sections;
    this.#now = options.now;
  }

  /** All there is to know, for a page that has just connected. */
  full(): LiveMessage {
    return { serverTime: this.#now(), full: true, ...this.#sections() };
  }

  /** The second's message: at least the time, so that the page knows that it is connected. */
  second(): LiveMessage {
    const now = this.#now();
    const sections = this.#sections();
    const message: Part = { serverTime: now, ...this.#urgent(sections) };
    this.#addChanged(message, sections, everySecond);
    // The first ones do not wait: until then the page shows that nothing is known.
    const firstKnown = everyStep.some((name) => sections[name] !== null && this.#sent.get(name) === 'null');
    if (firstKnown || now - this.#steppedAt >= STEP_MS) {
      this.#steppedAt = now;
      this.#addChanged(message, sections, everyStep);
    }
    return message;
  }

  /** What cannot wait for the second; `null` when nothing of it has changed. */
  urgent(): LiveMessage | null {
    const part = this.#urgent(this.#sections());
    return Object.keys(part).length === 0 ? null : { serverTime: this.#now(), ...part };
  }

  #urgent(sections: Sections): Partial<Part> {
    const part: Partial<Part> = {};
    const cameras = sections.cameras.filter((camera) => this.#changed(`camera ${camera.id}`, camera));
    if (cameras.length > 0) part.changedCameras = cameras;
    const alerts = sections.alerts?.filter((alert) => this.#changed(`alert ${alert.taskId}`, alert)) ?? [];
    if (alerts.length > 0) part.changedAlerts = alerts;
    if (sections.alerts) this.#forgetAlerts(new Set(sections.alerts.map(({ taskId }) => `alert ${taskId}`)));
    this.#addChanged(part, sections, ['order']);
    return part;
  }

  #addChanged(part: Partial<Part>, sections: Sections, names: readonly (keyof Sections)[]): void {
    for (const name of names)
      if (this.#changed(name, sections[name])) Object.assign(part, { [name]: sections[name] });
  }

  #changed(key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    if (this.#sent.get(key) === text) return false;
    this.#sent.set(key, text);
    return true;
  }

  #forgetAlerts(listed: ReadonlySet<string>): void {
    for (const key of this.#sent.keys())
      if (key.startsWith('alert ') && !listed.has(key)) this.#sent.delete(key);
  }
}
