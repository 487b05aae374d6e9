import { delay } from '../delay.js';
import { toAdapterError } from './client-error.js';
import {
  GroupClient,
  type GroupClientOptions,
  type GroupListener,
  type OffsetToCommit,
} from './group-client.js';

/** As `GroupListener`, but faults do not end the membership. */
export interface MembershipListener extends Omit<GroupListener, 'crashed'> {
  /** Nothing comes for the moment; the next thing heard is `joined`, under another member id. */
  interrupted(error: Error): void;
}

const restartDelayMs = 1_000;

/**
 * A membership that heals itself. kafkajs ends a consumer for good on errors that it takes for permanent while the
 * process lives on; here every end is followed by a new client, until `close`. A topic that does not exist yet is
 * waited for in the same way.
 */
export class GroupMembership {
  readonly #options: GroupClientOptions;
  readonly #listener: MembershipListener;
  readonly #ending = new AbortController();
  #client: GroupClient | undefined;
  #isJoined = false;

  constructor(options: GroupClientOptions, listener: MembershipListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Begins to join; faults are told to the listener. */
  start(): void {
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const client = new GroupClient(this.#options, {
        joined: (memberId, partitions) => {
          this.#isJoined = true;
          this.#listener.joined(memberId, partitions);
        },
        beforeJoin: () => this.#listener.beforeJoin(),
        heartbeat: () => this.#listener.heartbeat(),
        committed: (offsets) => this.#listener.committed(offsets),
        records: (...batch) => this.#listener.records(...batch),
        position: (partition, next) => this.#listener.position(partition, next),
        crashed: (error, restarts) => this.#crashed(client, error, restarts),
      });
      this.#client = client;
      try {
        await client.start();
        return;
      } catch (error) {
        client.destroy();
        this.#interrupted(error);
        await delay(restartDelayMs, signal).catch(() => undefined);
      }
    }
  }

  #crashed(client: GroupClient, error: unknown, restarts: boolean): void {
    this.#interrupted(error);
    if (restarts) return;
    client.destroy();
    void delay(restartDelayMs, this.#ending.signal).then(
      () => this.#connect(),
      () => undefined,
    );
  }

  #interrupted(error: unknown): void {
    this.#isJoined = false;
    if (!this.#ending.signal.aborted) {
      this.#listener.interrupted(toAdapterError(error, `reading ${this.#options.topic}`));
    }
  }

  /** Sends one commit, unless interrupted; `committed` tells what came of it. */
  async commit(offsets: readonly OffsetToCommit[]): Promise<void> {
    if (this.#isJoined) await this.#client?.commit(offsets);
  }

  pause(partitions: number[]): void {
    this.#client?.pause(partitions);
  }

  resume(partitions: number[]): void {
    this.#client?.resume(partitions);
  }

  /** The next fetch of the partition begins there. */
  seek(partition: number, offset: number): void {
    this.#client?.seek(partition, offset);
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#client?.close();
  }
}
