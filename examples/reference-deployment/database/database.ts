/** One row, by column name. `timestamptz` arrives as a Date, `json` parsed. */
export type Row = Record<string, unknown>;

/** Runs SQL; what a transaction's work is given. */
export interface Connection {
  /** One statement with `$1`-style parameters; arrays become Postgres arrays. */
  query<R extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;
  /** Several statements without parameters, as in a migration file. */
  execute(sql: string): Promise<void>;
}

/** A Postgres database, in process or on a server; roles know no other interface. */
export interface Database extends Connection {
  readonly kind: 'embedded' | 'server';
  /**
   * All of `work` or nothing of it; rejects with what `work` rejected with. Everything that writes goes through here:
   * the embedded database refuses to begin when its disk is almost full.
   */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Housekeeping that a server does by itself; call it every minute or so. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}

/** The database cannot be opened or reached; the message says where and what to do, never the URL's password. */
export class DatabaseUnavailableError extends Error {
  readonly code = 'database_unavailable';
  override readonly name = 'DatabaseUnavailableError';
}

/**
 * Whether the database refused the data itself (SQLSTATE classes 22 and 23): the same statement fails for ever, while
 * every other failure may pass.
 */
export function isDataRefused(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code);
}
