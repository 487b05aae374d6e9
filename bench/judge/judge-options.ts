/** How an account's calls are counted. All rules of an account hold at once. */
export type Rule =
  | { readonly kind: 'bucket'; readonly perMinute: number; readonly burst: number }
  | { readonly kind: 'sliding'; readonly amount: number; readonly windowMs: number }
  /** Windows that start anew every `windowMs` of the judge's own clock. */
  | { readonly kind: 'fixed'; readonly amount: number; readonly windowMs: number };

export interface AccountOptions {
  readonly keys: readonly string[];
  readonly rules: readonly Rule[];
}

/** From so long after the first call on, a key answers this status and nothing else. */
export interface Fault {
  readonly key: string;
  readonly fromMs: number;
  readonly status: number;
}

export interface JudgeOptions {
  readonly accounts: readonly AccountOptions[];
  /** Median of the answer's lognormal delay. */
  readonly answerMs: number;
  /** Standard deviation of that delay's logarithm. */
  readonly sigma: number;
  readonly faults: readonly Fault[];
  /** Answers and refusals are counted so long from the first call on. */
  readonly countForMs: number;
}

/** What the judge saw of one key. */
export interface KeyReport {
  readonly key: string;
  readonly admitted: number;
  readonly refused: number;
  /** Calls that came after the key had died. */
  readonly whileDead: number;
}

export interface JudgeReport {
  readonly keys: readonly KeyReport[];
  /** When each refusal came, in milliseconds from the first call. */
  readonly refusedAtMs: readonly number[];
}
