import { resolve } from 'node:path';
import { env as processEnvironment } from 'node:process';
import { EventEmitter } from 'eventemitter3';
import { systemClock } from '../clock.js';
import { KeyPoolError } from '../errors.js';
import { KeyPool } from '../key-pool.js';
import type { KeyPoolOptions } from '../options.js';
import { readKeysFile, type KeysFileContents } from './read-keys-file.js';
import type { Environment } from './secret-reference.js';
import { FileWatch } from './watch-files.js';

export interface KeysFileOptions extends Pick<KeyPoolOptions, 'admission' | 'clock' | 'random'> {
  /** Ends the watching; the pools work on. */
  readonly signal?: AbortSignal | undefined;
  /** Where `env:` secrets are looked up. Default: the environment of the process. */
  readonly env?: Environment | undefined;
}

export interface KeysFileEvents {
  /** A changed file has been taken over, all of it. */
  reloaded: [{ readonly path: string }];
  /** A changed file has been refused, all of it; the pools go on with what they had. The message says why. */
  rejected: [KeyPoolError];
}

/**
 * Reads a keys file, makes its pools, and follows its changes.
 *
 * @throws KeyPoolError `invalid_options` when the file is wrong at the start.
 */
export async function openKeysFile(path: string, options: KeysFileOptions = {}): Promise<KeysFile> {
  const environment = options.env ?? processEnvironment;
  const file = resolve(path);
  options.signal?.throwIfAborted();
  return new KeysFile(file, await readKeysFile(file, environment), environment, options);
}

/** A keys file and the pools it describes. Secret files that it names are followed too. */
export class KeysFile extends EventEmitter<KeysFileEvents> {
  readonly path: string;
  readonly #environment: Environment;
  readonly #options: KeysFileOptions;
  readonly #pools = new Map<string, KeyPool>();
  readonly #watch: FileWatch;
  #contents: KeysFileContents;
  #rejection: KeyPoolError | undefined;
  #reading: Promise<void> = Promise.resolve();

  /** Made by `openKeysFile`. */
  constructor(path: string, contents: KeysFileContents, environment: Environment, options: KeysFileOptions) {
    super();
    this.path = path;
    this.#environment = environment;
    this.#options = options;
    this.#contents = contents;
    this.#take(contents);
    this.#watch = new FileWatch(options.clock ?? systemClock, () => void this.reload());
    this.#watch.follow([path, ...contents.secretFiles]);
    options.signal?.addEventListener('abort', () => this.#watch.close(), { once: true });
  }

  /** The pools by name; a file without `pools` is the one named `default`. */
  get pools(): ReadonlyMap<string, KeyPool> {
    return this.#pools;
  }

  /** Why the file as it stands now is not in use; undefined when it is. */
  get rejection(): KeyPoolError | undefined {
    return this.#rejection;
  }

  /** @throws KeyPoolError `invalid_options` when the file has no such pool. */
  pool(name = 'default'): KeyPool {
    const pool = this.#pools.get(name);
    if (pool !== undefined) return pool;
    const names = [...this.#pools.keys()].join(', ');
    throw new KeyPoolError('invalid_options', `The keys file has no pool "${name}"; it has ${names}.`);
  }

  /** Reads the file now. Resolves when it was taken over or refused; never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#reload());
    return this.#reading;
  }

  /** Ends the watching and closes the pools; see `KeyPool.close`. */
  async close(options: { deadlineMs?: number } = {}): Promise<void> {
    this.#watch.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(options)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #reload(): Promise<void> {
    try {
      const contents = await readKeysFile(this.path, this.#environment);
      const changed = contents.fingerprint !== this.#contents.fingerprint;
      if (changed) {
        this.#check(contents);
        this.#take(contents);
        this.#contents = contents;
        if (this.#options.signal?.aborted !== true) this.#watch.follow([this.path, ...contents.secretFiles]);
      }
      const wasRejected = this.#rejection !== undefined;
      this.#rejection = undefined;
      if (changed || wasRejected) this.emit('reloaded', { path: this.path });
    } catch (error) {
      const rejection = KeyPoolError.is(error)
        ? error
        : new KeyPoolError('invalid_options', `${this.path}: ${(error as Error).message}`, { cause: error });
      if (rejection.message === this.#rejection?.message) return;
      this.#rejection = rejection;
      this.emit('rejected', rejection);
    }
  }

  /** What only the pools that are at work can tell. Nothing has been changed when it throws. */
  #check(contents: KeysFileContents): void {
    for (const [name, { provider, config }] of contents.pools) {
      const pool = this.#pools.get(name);
      if (pool === undefined) continue;
      if (pool.provider !== provider) {
        throw new KeyPoolError(
          'invalid_options',
          `provider of pool "${name}" cannot change from ${pool.provider.name} to ${provider.name} while it works.`,
        );
      }
      pool.check(config);
    }
  }

  #take(contents: KeysFileContents): void {
    const { admission, clock, random } = this.#options;
    for (const [name, { provider, config }] of contents.pools) {
      const pool = this.#pools.get(name);
      if (pool !== undefined) {
        pool.apply(config);
        continue;
      }
      const fresh = new KeyPool({ provider, admission, clock, random });
      fresh.apply(config);
      this.#pools.set(name, fresh);
    }
    for (const [name, pool] of this.#pools) {
      if (contents.pools.has(name)) continue;
      this.#pools.delete(name);
      void pool.close();
    }
  }
}
