import type { KeyPool, Lease } from '@riskwatch/keypool';
import { BodyTooLargeError, readAtMost } from '../read-at-most.js';
import type { Journal } from '../tasks/journal.js';
import type { ChatMessage } from './prompt.js';
import { readCompletion, type ProviderAnswer } from './provider-answer.js';
import { BrokenAnswerError, RefusedCallError } from './refused-call.js';

export interface ModelCallOptions {
  readonly pool: Pick<KeyPool, 'run'>;
  /** Everything of the request but model and messages. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** A single call that takes longer is given up and tried elsewhere. */
  readonly callTimeoutMs: number;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** What one question asks of the pool. */
export interface Question {
  readonly messages: readonly ChatMessage[];
  readonly priority: number;
  readonly fairnessKey: string;
  /** Milliseconds from now. */
  readonly deadlineMs: number;
  /** Tokens to reserve. */
  readonly tokens: { readonly input: number; readonly output: number };
  readonly signal: AbortSignal;
}

/** An answer is a few hundred bytes; whatever goes on and on must not fill the memory. */
const MAX_ANSWER_BYTES = 1_024 * 1_024;

/** One question to the model over the pool: retried there, written into the journal here. */
export class ModelCall {
  readonly #options: ModelCallOptions;

  constructor(options: ModelCallOptions) {
    this.#options = options;
  }

  /** @throws {ModelError} KeyPoolError */
  async ask(question: Question, journal: Journal): Promise<ProviderAnswer> {
    const { pool, now } = this.#options;
    const { messages, ...call } = question;
    journal.wait(now());
    try {
      const answer = await pool.run(
        (lease) => {
          journal.call(now(), lease.model);
          return this.#send(lease, messages);
        },
        {
          ...call,
          images: 1,
          usage: (given) => given.usage,
          onAttempt: (attempt) => journal.answered(now(), attempt),
        },
      );
      if (answer.usage) journal.used(answer.usage);
      return answer;
    } catch (error) {
      throw error instanceof RefusedCallError ? error.asModelError() : error;
    } finally {
      journal.done(now());
    }
  }

  /** One try. The lease covers the body as well: a connection that is cut in the middle is a failed call. */
  async #send(lease: Lease, messages: readonly ChatMessage[]): Promise<ProviderAnswer> {
    const { parameters, callTimeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(callTimeoutMs);
    try {
      const response = await this.#options.fetch(
        `${(lease.baseUrl ?? '').replace(/\/$/, '')}/chat/completions`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...lease.headers },
          body: JSON.stringify({ model: lease.model, ...parameters, messages }),
          // Not followed: the key goes nowhere else, and that there is one is an answer like any other.
          redirect: 'manual',
          signal: AbortSignal.any([lease.signal, timeout]),
        },
      );
      const body = (await readAtMost(response, MAX_ANSWER_BYTES)).toString('utf8');
      if (!response.ok) throw new RefusedCallError(response.status, response.headers, body);
      const answer = readCompletion(body);
      if (!answer) throw new BrokenAnswerError(502, 'the provider answered 200 without a chat completion');
      return answer;
    } catch (error) {
      if (error instanceof BodyTooLargeError) throw new BrokenAnswerError(502, error.message);
      if (!timeout.aborted || lease.signal.aborted) throw error;
      throw new BrokenAnswerError(504, `no answer within ${callTimeoutMs} ms`, { cause: error });
    }
  }
}
