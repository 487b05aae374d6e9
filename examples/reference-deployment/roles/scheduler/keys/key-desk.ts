import { KeyPoolError, type KeyPool, type KeySnapshot } from '@riskwatch/keypool';
import type { Logger } from 'pino';
import type { AddedKey, OperatorFile, OperatorFileContent } from './operator-file.js';

/** An operator's change that cannot be made. */
export class KeyDeskError extends Error {
  override readonly name = 'KeyDeskError';
  constructor(
    readonly code: 'unknown_key' | 'key_from_file' | 'invalid_key' | 'too_many_keys',
    message: string,
  ) {
    super(message);
  }
}

const MAX_ADDED_KEYS = 10_000;

/**
 * What operators do to keys, in the pool and in their file at once. Keys of the keys file are changed there; they
 * can only be switched off and on here, which holds over reloads and restarts.
 */
export class KeyDesk {
  readonly #pool: KeyPool;
  readonly #file: OperatorFile;
  readonly #added: Map<string, AddedKey>;
  readonly #disabled: Set<string>;

  /** Puts what operators changed before back into the pool. @throws {OperatorFileError} */
  constructor(pool: KeyPool, file: OperatorFile, log: Logger) {
    this.#pool = pool;
    this.#file = file;
    const kept = file.read();
    this.#added = new Map(kept.keys.map((key) => [key.id, key]));
    this.#disabled = new Set(kept.disabled);
    for (const key of kept.keys) {
      if (!pool.keys.has(key.id)) pool.keys.add(key);
      else
        log.warn(
          { keyId: key.id },
          'a key added by an operator is now in the keys file too; the file counts',
        );
    }
    for (const id of this.#disabled) if (pool.keys.has(id)) pool.keys.disable(id);
    // A key that left the file and came back is still switched off.
    pool.on('key-added', ({ keyId }) => {
      if (this.#disabled.has(keyId)) pool.keys.disable(keyId);
    });
  }

  /** Adds a key, or changes one that was added here. True when it is new. @throws {KeyDeskError} */
  put(key: AddedKey): boolean {
    const known = this.#find(key.id);
    if (known && known.source !== 'admin') throw fromFile(key.id);
    if (!known && this.#added.size >= MAX_ADDED_KEYS) {
      throw new KeyDeskError('too_many_keys', `at most ${MAX_ADDED_KEYS} keys can be added`);
    }
    const keys = new Map(this.#added).set(key.id, key);
    this.#change({ keys: [...keys.values()], disabled: [...this.#disabled] }, () => {
      // What the new one leaves out is back at its default.
      if (known) this.#pool.keys.update(key.id, { weight: 1, quotaGroup: key.id, ...key });
      else this.#pool.keys.add(key);
      this.#added.set(key.id, key);
    });
    return !known;
  }

  /** Takes a key away that was added here; its calls in flight finish. @throws {KeyDeskError} */
  delete(id: string): void {
    if (this.#known(id).source !== 'admin') throw fromFile(id);
    const keys = [...this.#added.values()].filter((key) => key.id !== id);
    const disabled = [...this.#disabled].filter((other) => other !== id);
    this.#change({ keys, disabled }, () => {
      this.#pool.keys.remove(id);
      this.#added.delete(id);
      this.#disabled.delete(id);
    });
  }

  /** No new calls with this key until it is enabled. @throws {KeyDeskError} */
  disable(id: string): void {
    this.#known(id);
    this.#change({ keys: [...this.#added.values()], disabled: [...new Set(this.#disabled).add(id)] }, () => {
      this.#pool.keys.disable(id);
      this.#disabled.add(id);
    });
  }

  /** Takes `disable` back, and lets a quarantined key try again at once. @throws {KeyDeskError} */
  enable(id: string): void {
    this.#known(id);
    const disabled = [...this.#disabled].filter((other) => other !== id);
    this.#change({ keys: [...this.#added.values()], disabled }, () => {
      this.#pool.keys.enable(id);
      this.#disabled.delete(id);
    });
  }

  /** The pool first, since it may refuse; what it took is then kept, or taken back by the next start. */
  #change(next: OperatorFileContent, inPool: () => void): void {
    try {
      inPool();
    } catch (error) {
      if (!KeyPoolError.is(error)) throw error;
      throw new KeyDeskError('invalid_key', error.message);
    }
    this.#file.write(next);
  }

  #find(id: string): KeySnapshot | undefined {
    // A removed key stays in the snapshot while its last calls finish.
    return this.#pool.keys.has(id)
      ? this.#pool.snapshot().keys.find((key) => key.id === id && key.state !== 'draining')
      : undefined;
  }

  #known(id: string): KeySnapshot {
    const key = this.#find(id);
    if (!key) throw new KeyDeskError('unknown_key', `no key has the id "${id}"`);
    return key;
  }
}

const fromFile = (id: string) =>
  new KeyDeskError('key_from_file', `key "${id}" is in the keys file; change it there, or disable it here`);
