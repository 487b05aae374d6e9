import { MAX_ALERTS, type AlertView } from './live-state.js';

/** The newest alerts, newest first, each task once. */
export class AlertList {
  #alerts: AlertView[] | null = null;

  /** `null` until the alerts role has answered once. */
  get all(): readonly AlertView[] | null {
    return this.#alerts;
  }

  replace(alerts: readonly AlertView[]): void {
    this.#alerts = [...alerts].sort(newestFirst).slice(0, MAX_ALERTS);
  }

  /** A new alert, or a known one that has changed. */
  put(alert: AlertView): void {
    const others = (this.#alerts ?? []).filter(({ taskId }) => taskId !== alert.taskId);
    this.replace([alert, ...others]);
  }
}

const newestFirst = (a: AlertView, b: AlertView) => b.raisedAt - a.raisedAt;
