/**
 * How the provider counts, which decides what is safe to send:
 *
 * - `bucket`: a token bucket that holds `burst` and refills evenly. `burst` calls go out at once after idling.
 * - `fixed`: windows that start anew all at once. Where they start is not known from outside, so the pool
 *   keeps to the limit in every window of that length, wherever it starts.
 * - `sliding`: at most the amount in any window of that length.
 * - `unknown`: safe under all of them, sub-windows of one second included: an even pace. How many calls at
 *   once it takes after idling, up to one second's worth, is learned from its answers; where that is less than
 *   one second's worth, two calls at most are refused on the way, once for all accounts with these limits.
 */
export type CountingRule = 'bucket' | 'fixed' | 'sliding' | 'unknown';

/** What is counted. `tokens` counts input and output together. */
export type Dimension = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens' | 'images' | 'concurrent';

/** What is counted and how much of it is allowed. */
export type LimitAmount =
  | { readonly requests: number }
  | { readonly tokens: number }
  | { readonly inputTokens: number }
  | { readonly outputTokens: number }
  | { readonly images: number };

/** A rolling period. */
export interface RatePeriod {
  readonly perSeconds: number;
  /**
   * How many may go at once after idling. Default: what one second brings (at least 1) for `bucket`,
   * no bound beside the window itself for `fixed` and `sliding`; for `unknown` it is learned.
   */
  readonly burst?: number | undefined;
  /** Default: `bucket` when `burst` is told, else the provider profile's rule. */
  readonly counting?: CountingRule | undefined;
}

/** A calendar day that ends at midnight in an IANA time zone, such as `America/Los_Angeles`. */
export interface DayPeriod {
  readonly perDay: string;
}

/** Which models the limit is for. Default: every call. */
export interface LimitScope {
  readonly models?: readonly string[] | undefined;
}

/** One limit of a quota group. Several hold at once. */
export type Limit =
  (LimitAmount & (RatePeriod | DayPeriod) & LimitScope) | ({ readonly concurrent: number } & LimitScope);

/** What one call takes of each dimension. */
export interface Cost {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly images: number;
}

/** What one call really took, as the provider's answer says it. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}
