import { refusedRequest } from './provider-answer.js';
import type { ModelError } from './model-error.js';

/** The provider's answer is no success; the pool finds out whom it blames from status, headers and body. */
export class RefusedCallError extends Error {
  override readonly name = 'RefusedCallError';
  readonly body: unknown;
  readonly #text: string;

  constructor(
    readonly status: number,
    readonly headers: Headers,
    text: string,
  ) {
    super(`the provider answered ${status}`);
    this.#text = text;
    this.body = parsed(text);
  }

  /** What it means for the task, once no other key can help. */
  asModelError(): ModelError {
    return refusedRequest(this.status, this.#text);
  }
}

/** A key did its part, but what came back is no answer: the endpoint's fault, which the pool reads off the status. */
export class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
  constructor(
    readonly status: 502 | 504,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
