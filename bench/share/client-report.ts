/** What a client says of its run. */
export interface ClientReport {
  readonly answered: number;
  /** Calls that came back to their callers as errors, by kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** Each answered call: when it was made, and how much of its time was not the provider's. */
  readonly waitsMs: readonly { readonly atMs: number; readonly waitMs: number }[];
  readonly cpuSeconds: number;
}
