import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Producer } from '@riskwatch/kafka-adapter';
import type { Detection } from '@riskwatch/kafka-adapter/messages';

export interface OutboxOptions {
  readonly producer: Pick<Producer, 'send'>;
  readonly topic: string;
  /** Stored by the broker. */
  readonly onStored: (detection: Detection) => void;
  /** The broker will not take this one, ever; or the producer was closed before it could. */
  readonly onRefused: (detection: Detection, error: unknown) => void;
  /** A send failed and is tried again. */
  readonly onRetry: (detection: Detection, error: unknown) => void;
  /** Detections that may wait. Default 1,000. */
  readonly maxWaiting?: number;
  /** Their bytes. Default 32 MiB. */
  readonly maxWaitingBytes?: number;
  readonly retryMs?: number;
}

/**
 * Detections on their way to the broker. What is inside is kept until it is stored, through an outage of any length;
 * what bounds it is `room`, which whoever makes detections waits for before making more.
 */
export class DetectionOutbox {
  readonly #options: OutboxOptions;
  readonly #maxWaiting: number;
  readonly #maxBytes: number;
  readonly #sends = new Set<Promise<void>>();
  #bytes = 0;
  #roomMade: () => void = () => {};

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#maxWaiting = options.maxWaiting ?? 1_000;
    this.#maxBytes = options.maxWaitingBytes ?? 32 * 1_048_576;
  }

  get waiting(): number {
    return this.#sends.size;
  }

  /** Resolves when there is room for another frame's detections, or when `signal` aborts. */
  async room(signal: AbortSignal): Promise<void> {
    const wake = () => this.#roomMade();
    signal.addEventListener('abort', wake, { once: true });
    while ((this.waiting >= this.#maxWaiting || this.#bytes >= this.#maxBytes) && !signal.aborted) {
      await new Promise<void>((done) => (this.#roomMade = done));
    }
    signal.removeEventListener('abort', wake);
  }

  add(detection: Detection): void {
    const value = JSON.stringify(detection);
    this.#bytes += value.length;
    const send = this.#send(detection, value).finally(() => {
      this.#sends.delete(send);
      this.#bytes -= value.length;
      this.#roomMade();
    });
    this.#sends.add(send);
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    while (this.#sends.size > 0) await Promise.all(this.#sends);
  }

  async #send(detection: Detection, value: string): Promise<void> {
    const { producer, topic, retryMs = 1_000, onStored, onRefused, onRetry } = this.#options;
    const { detectionId, cameraId } = detection;
    const headers = { 'content-type': 'application/json', traceparent: traceparentOf(detectionId) };
    for (;;) {
      try {
        await producer.send({ topic, key: cameraId, value, headers });
        onStored(detection);
        return;
      } catch (error) {
        if (!canHelpItself(error)) {
          onRefused(detection, error);
          return;
        }
        onRetry(detection, error);
        await wait(retryMs, undefined, { ref: false });
      }
    }
  }
}

/** The trace of a detection has the detection's id, so either finds the other. */
const traceparentOf = (detectionId: string): string =>
  `00-${detectionId.replaceAll('-', '')}-${randomBytes(8).toString('hex')}-01`;

/** What time or an operator (a topic, a permission) can change is tried again; an unfit record never fits. */
function canHelpItself(error: unknown): boolean {
  const { code, isRetryable } = error as { code?: string; isRetryable?: boolean };
  return isRetryable === true || code === 'not_authorized';
}
