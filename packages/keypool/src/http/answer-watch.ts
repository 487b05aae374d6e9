import type { Usage } from '../limits/limit.js';
import { parseBody } from '../outcome/classify.js';
import { ok } from '../outcome/outcome.js';
import type { ProviderProfile } from '../providers/provider-profile.js';
import type { SettleCall } from '../run.js';

/** Answers longer than this are not looked into; events of streams are, one by one. */
const longestText = 4 * 1024 * 1024;

/** An error inside a success: the status that it stands for, and what said it. */
export interface Failure {
  readonly status: number;
  readonly body: unknown;
}

/** What an answer told beside its content. */
export interface Told {
  readonly usage?: Usage | undefined;
  /** It said that the call failed after all. */
  readonly failure?: Failure | undefined;
}

/** Looks at an answer as it passes by, for what it says about itself. */
export interface AnswerWatch {
  see(chunk: Uint8Array): void;
  /** What was told by what has passed. */
  told(): Told;
}

/** Watches an answer for its usage, if that `matters`, and for failures, if the provider has such answers. */
export function watchAnswer(
  contentType: string,
  provider: ProviderProfile,
  usageMatters: boolean,
): AnswerWatch | undefined {
  if (isEventStream(contentType)) {
    return usageMatters || provider.failureStatus !== undefined ? new EventWatch(provider) : undefined;
  }
  // Failures in whole bodies are found before the answer is handed over.
  return usageMatters ? new TextWatch(provider) : undefined;
}

export function isEventStream(contentType: string): boolean {
  return contentType.startsWith('text/event-stream');
}

/** Ends the call of an answer that was read to its end, by what it told. */
export function settleBy(watch: AnswerWatch | undefined, headers: object, settle: SettleCall): void {
  const { usage, failure } = watch?.told() ?? {};
  settle(failure === undefined ? ok : { ...failure, headers }, usage);
}

/** The failure that a body, or one event, says, if it says one. */
export function failureIn(body: unknown, provider: ProviderProfile): Failure | undefined {
  const status = provider.failureStatus?.(body);
  return status === undefined ? undefined : { status, body };
}

class TextWatch implements AnswerWatch {
  readonly #provider: ProviderProfile;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(provider: ProviderProfile) {
    this.#provider = provider;
  }

  see(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (this.#size <= longestText) this.#chunks.push(chunk);
    else this.#chunks.length = 0;
  }

  told(): Told {
    if (this.#size > longestText) return {};
    return { usage: whole(this.#provider.usage(parseBody(Buffer.concat(this.#chunks).toString()))) };
  }
}

/** Keeps the few events that may tell something, whatever the length of the stream. */
class EventWatch implements AnswerWatch {
  readonly #provider: ProviderProfile;
  readonly #decoder = new TextDecoder();
  #line = '';
  #firstUsage: string | undefined;
  #lastUsage: string | undefined;
  #lastError: string | undefined;

  constructor(provider: ProviderProfile) {
    this.#provider = provider;
  }

  see(chunk: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#line = lines.pop()!;
    if (this.#line.length > longestText) this.#line = '';
    for (const line of lines) this.#look(line);
  }

  told(): Told {
    this.#look(this.#line);
    const first = this.#usageIn(this.#firstUsage);
    const last = this.#usageIn(this.#lastUsage);
    const failure =
      this.#lastError === undefined ? undefined : failureIn(dataOf(this.#lastError), this.#provider);
    return { usage: whole({ ...first, ...last }), failure };
  }

  #look(line: string): void {
    if (!line.startsWith('data:')) return;
    if (line.includes('"usage')) {
      this.#firstUsage ??= line;
      this.#lastUsage = line;
    }
    if (line.includes('"error"')) this.#lastError = line;
  }

  #usageIn(line: string | undefined): Partial<Usage> | undefined {
    return line === undefined ? undefined : this.#provider.usage(dataOf(line));
  }
}

/** The parsed data of the line of an event stream. */
export function dataOf(line: string): unknown {
  return parseBody(line.slice('data:'.length));
}

function whole(usage: Partial<Usage> | undefined): Usage | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return { inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 };
}
