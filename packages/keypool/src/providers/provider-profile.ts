import type { CountingRule, Usage } from '../limits/limit.js';
import type { Outcome } from '../outcome/outcome.js';

/** Reads one header; names are lower case. */
export type HeaderReader = (name: string) => string | null | undefined;

/** An answer that was not a success, as the profile sees it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly header: HeaderReader;
  /** The parsed JSON body, the text when it is no JSON, or undefined when it was not read. */
  readonly body: unknown;
  /** Epoch milliseconds, for dates in headers. */
  readonly now: number;
}

/**
 * Everything the pool knows about one provider. A profile is plain data and pure functions, one file each;
 * docs/tasks/add-a-provider.md shows how to add one.
 */
export interface ProviderProfile {
  /** As written in keys files. */
  readonly name: string;
  /** Where the provider is; calls may go elsewhere only when the pool or a quota group says so. */
  readonly baseUrl?: string | undefined;
  /** How this provider counts, for limits that do not say it themselves. */
  readonly counting: CountingRule;
  /** The headers that carry the credential. Their names are also taken off whatever the caller sends. */
  credential(secret: string): Readonly<Record<string, string>>;
  /** Query parameters in which clients may send a credential instead; they are taken off. Default: none. */
  readonly credentialParameters?: readonly string[] | undefined;
  /** What an answer that is no success meant, and whom it blames. */
  classify(answer: ErrorAnswer): Outcome;
  /**
   * Reads the tokens used from a parsed success body, or from one event of a stream; streams may tell input
   * and output in different events.
   */
  usage(body: unknown): Partial<Usage> | undefined;
  /**
   * The status that an error inside a 200 stands for: a body, or an event of a stream, that says that the call
   * failed after all. Undefined when it says no such thing. Default: there are none. What it meant is then
   * asked of `classify`.
   */
  failureStatus?(body: unknown): number | undefined;
  /** Errors come inside whole 200 bodies too, not only inside streams. Default false. */
  readonly failsInsideBodies?: boolean | undefined;
}
