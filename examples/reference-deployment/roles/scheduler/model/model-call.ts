import type { KeyPool, Lease } from '@riskwatch/keypool';
import type { Journal } from '../tasks/journal.js';
import type { AttemptLabel } from './attempt-label.js';
import type { ChatMessage } from './prompt.js';
import { readCompletion, refusedRequest, type ProviderAnswer } from './provider-answer.js';

export interface ModelCallOptions {
  readonly pool: Pick<KeyPool, 'run'>;
  /** Names what came of a call, in the words of the pool. */
  readonly label: AttemptLabel;
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

/** A key did its part, but what came back is no answer of a model: the endpoint's fault, tried elsewhere. */
class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
  constructor(
    /** The pool reads the status as it reads a response's. */
    readonly status: 502 | 504,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One question to the model over the pool: retried there, written into the journal here. */
export class ModelCall {
  readonly #options: ModelCallOptions;

  constructor(options: ModelCallOptions) {
    this.#options = options;
  }

  /** @throws {ModelError} KeyPoolError */
  async ask(question: Question, journal: Journal): Promise<ProviderAnswer> {
    const { pool, now } = this.#options;
    let answer: ProviderAnswer | undefined;
    let body = '';
    journal.wait(now());
    try {
      const response = await pool.run(
        async (lease) => {
          const startedAt = now();
          journal.call(startedAt);
          let ended: Response | undefined;
          let problem: unknown;
          try {
            ended = await this.#send(lease, question, journal);
            // The lease covers the body as well: a connection cut in the middle is a failed call.
            body = await ended.text();
            answer = ended.ok ? readCompletion(body) : undefined;
            if (ended.ok && !answer) throw new BrokenAnswerError(502, 'a 200 without a chat completion');
            return new Response(body, { status: ended.status, headers: ended.headers });
          } catch (error) {
            problem = this.#timedOut(error, lease) ?? error;
            throw problem;
          } finally {
            const outcome = this.#options.label({ response: ended, body, problem, signal: lease.signal });
            journal.answered(now(), { keyId: lease.keyId, outcome, startedAt });
          }
        },
        {
          priority: question.priority,
          fairnessKey: question.fairnessKey,
          deadlineMs: question.deadlineMs,
          tokens: question.tokens,
          images: 1,
          signal: question.signal,
        },
      );
      if (!response.ok || !answer) throw refusedRequest(response.status, body);
      if (answer.usage) journal.used(answer.usage);
      return answer;
    } finally {
      journal.done(now());
    }
  }

  #send(lease: Lease, { messages }: Question, journal: Journal): Promise<Response> {
    const { parameters, callTimeoutMs } = this.#options;
    journal.model = lease.model;
    return this.#options.fetch(`${lease.baseUrl ?? ''}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...lease.headers },
      body: JSON.stringify({ model: lease.model, ...parameters, messages }),
      redirect: 'error',
      signal: AbortSignal.any([lease.signal, AbortSignal.timeout(callTimeoutMs)]),
    });
  }

  #timedOut(error: unknown, lease: Lease): BrokenAnswerError | undefined {
    const slow = error instanceof DOMException && error.name === 'TimeoutError' && !lease.signal.aborted;
    return slow
      ? new BrokenAnswerError(504, `no answer within ${this.#options.callTimeoutMs} ms`, { cause: error })
      : undefined;
  }
}
