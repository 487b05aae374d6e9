import type { Alert } from '../alert.js';

/** A way alerts leave the system. To add one: docs/tasks/add-an-alert-rule.md. */
export interface Channel {
  /** What rules call it. */
  readonly name: string;
  /** Alerts taken from the queue at a time; what is taken is sent within seconds, the rest waits in the database. */
  readonly batch: number;
  /**
   * Resolves once the receiver has acknowledged the alert; the same alert may come again, under the same task id.
   * @throws {DeliveryError} where it has not; the alert is tried again later.
   */
  deliver(alert: Alert, options: { signal: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}

/** An alert was not acknowledged; the message says why, without the receiver's address or token. */
export class DeliveryError extends Error {
  readonly code = 'alert_not_delivered';
  override readonly name = 'DeliveryError';
  /** How long the receiver asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number | undefined } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}
