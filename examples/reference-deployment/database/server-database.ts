import { Pool, type PoolClient } from 'pg';
import { DatabaseUnavailableError, type Connection, type Database, type Row } from './database.js';

/**
 * Connects to a Postgres server.
 * @throws {DatabaseUnavailableError} where no connection comes about; the message holds host and database only.
 */
export async function openServerDatabase(url: string): Promise<Database> {
  const where = describeUrl(url);
  const pool = new Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    application_name: 'riskwatch',
  });
  // An idle connection that breaks is replaced by the next query; unheard, its event would end the process.
  pool.on('error', () => {});
  try {
    await pool.query('SELECT 1');
  } catch (cause) {
    await pool.end();
    throw new DatabaseUnavailableError(
      `${where} does not answer (${(cause as { code?: string }).code ?? 'no connection'}); check that the server runs and the URL is right`,
      { cause },
    );
  }
  return new ServerDatabase(pool);
}

class ServerDatabase implements Database {
  readonly kind = 'server';
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  query<R extends object = Row>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return connectionOn(this.#pool).query<R>(sql, parameters);
  }

  execute(sql: string): Promise<void> {
    return connectionOn(this.#pool).execute(sql);
  }

  async transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken = false;
    // The statement under way rejects as well; unheard, the event would end the process.
    const onError = () => {
      broken = true;
    };
    client.on('error', onError);
    try {
      await client.query('BEGIN');
      const result = await work(connectionOn(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(onError);
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async maintain(): Promise<void> {
    // The server checkpoints and vacuums by itself.
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

const connectionOn = (target: Pool | PoolClient): Connection => ({
  query: async <R extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await target.query<R>(sql, [...parameters])).rows,
  execute: async (sql) => {
    await target.query(sql);
  },
});

function describeUrl(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `the Postgres server ${host}${pathname}`;
  } catch {
    throw new DatabaseUnavailableError('the database is neither `embedded` nor a postgres:// URL');
  }
}
