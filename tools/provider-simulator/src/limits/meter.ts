/** What one request costs in each dimension. */
export interface Cost {
  readonly requests: number;
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly images: number;
}

export type Dimension = keyof Cost;

/** What a limit shows in response headers. */
export interface Reading {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the limit is whole again. */
  readonly resetMs: number;
}

/** One counted limit. Times are milliseconds of the simulator's clock. */
export interface Meter {
  /** Milliseconds until `amount` fits; 0 when it fits now, Infinity when it never will. */
  waitMs(amount: number, now: number): number;
  /** Counts `amount`; a negative one gives back what was reserved too much. */
  take(amount: number, now: number): void;
  read(now: number): Reading;
}
