import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  acquireFileLock,
  findJdk,
  spawnJava,
  type FileLock,
  type JavaExit,
  type JavaProcess,
  type Jdk,
} from '@riskwatch/java-process';
import { jobClass, jobClassPath } from './job-class-path.js';
import { configFileOf, settingsOf, type FlinkJobOptions } from './job-options.js';
import { flinkJobState } from './job-state.js';
import { jvmArgs } from './jvm.js';
import { LocalFlinkError } from './local-flink-error.js';
import { stopWithSavepoint } from './savepoint.js';
import {
  newestSnapshot,
  openStateFolder,
  pruneCheckpoints,
  setAside,
  type StateFolder,
} from './state-folder.js';

export interface LocalFlinkOptions {
  job: FlinkJobOptions;
  /** Checkpoints and savepoints live here; a further start goes on from the newest. One process at a time. */
  dataDir: string;
  /** Where Flink's page and REST endpoint listen; default 127.0.0.1. */
  host?: string | undefined;
  /** Default: a free port. */
  restPort?: number | undefined;
  /** What the JVM prints is appended here. */
  logFile?: string | undefined;
  /** Default: the job as `npm run build` leaves it. */
  classPath?: readonly string[] | undefined;
  /** Default `userCacheFolder()`. */
  cacheDir?: string | undefined;
  /** Told in a few words what happens. */
  onProgress?: ((step: string) => void) | undefined;
  /** Stops the start, and later the process, when aborted. */
  signal?: AbortSignal | undefined;
}

/** A running Flink with the riskwatch job in it. It ends when this process does, even by `kill -9`. */
export interface LocalFlink {
  readonly pid: number;
  /** Flink's web page and REST endpoint; see `flinkJobState`. */
  readonly restUrl: string;
  /** What the job went on from; undefined when it began anew. */
  readonly restoredFrom: string | undefined;
  /** Resolves when the JVM has ended, for whatever reason, and its data folder is free again. */
  readonly exited: Promise<JavaExit>;
  /**
   * Ends it in order, with a savepoint, as far as that is possible before the deadline (default 10 s). Nothing is lost
   * without one: the next start goes on from the last checkpoint.
   */
  stop(options?: { deadlineMs?: number }): Promise<JavaExit>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<JavaExit>;
}

const readyDeadlineMs = 180_000;
const stopDeadlineMs = 10_000;
/** What of a stop's time is left for the JVM to end in. */
const exitShareMs = 3_000;
const pollMs = 250;
const temporaryFolder = 'tmp';

/** Frames and names that Flink prints when a snapshot is of no use: damaged, or made by another version of the job. */
const restoreFailure =
  /Cannot find meta data file|Checkpoints\.load|CheckpointCoordinator\.restore|StateMigrationException|BackendRestorerProcedure/;

/**
 * Starts Apache Flink with the riskwatch job on the installed JDK and resolves when the job runs and has its partitions
 * of the detections topic, which must exist. It goes on from the newest whole checkpoint or savepoint in the data
 * folder; when this version of the job cannot use that, it is put aside and the job reads again what the topic keeps.
 *
 * @throws LocalFlinkError `not_built`, `not_ready`; JavaProcessError `jdk_missing`, `locked` (the data folder has an
 *   owner), `exited_early`; the signal's reason when aborted.
 */
export const startLocalFlink = async (options: LocalFlinkOptions): Promise<LocalFlink> => {
  const { dataDir, signal } = options;
  const jdk = await findJdk(signal === undefined ? {} : { signal });
  const classPath = options.classPath ?? (await jobClassPath());
  await mkdir(dataDir, { recursive: true });
  const lock = await acquireFileLock(join(dataDir, 'flink.lock'), {
    what: `The data folder ${dataDir}`,
    signal,
  });
  try {
    const state = await openStateFolder(dataDir);
    await pruneCheckpoints(state);
    return await new Starter(options, jdk, classPath, lock, state).start();
  } catch (error) {
    await lock.release();
    throw error;
  }
};

class Starter {
  readonly #options: LocalFlinkOptions;
  readonly #jdk: Jdk;
  readonly #classPath: readonly string[];
  readonly #lock: FileLock;
  readonly #state: StateFolder;

  constructor(
    options: LocalFlinkOptions,
    jdk: Jdk,
    classPath: readonly string[],
    lock: FileLock,
    state: StateFolder,
  ) {
    this.#options = options;
    this.#jdk = jdk;
    this.#classPath = classPath;
    this.#lock = lock;
    this.#state = state;
  }

  async start(): Promise<LocalFlink> {
    const restoreFrom = await newestSnapshot(this.#state);
    const java = await this.#spawn(restoreFrom);
    let cannotRestore = false;
    const stopWatching = java.onLine((line) => {
      cannotRestore ||= restoreFrom !== undefined && restoreFailure.test(line);
    });
    try {
      const restUrl = await this.#waitUntilReady(java, () => cannotRestore);
      return this.#handle(java, restUrl, restoreFrom);
    } catch (error) {
      await java.kill();
      if (!cannotRestore || this.#options.signal?.aborted) throw error;
    } finally {
      stopWatching();
    }
    const aside = await setAside(this.#state, `unusable-${Date.now()}`);
    this.#options.onProgress?.(
      `the saved state does not fit this version of the job; it lies in ${aside}, and what the topic keeps is read again`,
    );
    return this.start();
  }

  async #spawn(restoreFrom: string | undefined): Promise<JavaProcess> {
    const { job, dataDir, host = '127.0.0.1', restPort = 0, logFile, cacheDir, signal } = this.#options;
    const settings = settingsOf(job, { ...this.#state, restoreFrom, host, restPort });
    const configFile = join(dataDir, 'job.yaml');
    // It may hold credentials for the brokers.
    await writeFile(configFile, configFileOf(settings), { mode: 0o600 });
    // Flink unpacks a part of itself and keeps running files here; after a sudden end they would pile up.
    const temporary = join(dataDir, temporaryFolder);
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary);
    const java = await spawnJava({
      jdk: this.#jdk,
      jvmArgs: [...jvmArgs, `-Djava.io.tmpdir=${temporary}`],
      classPath: this.#classPath,
      mainClass: jobClass,
      args: ['--config', configFile],
      workingFolder: dataDir,
      cacheFolder: cacheDir,
      logFile,
      signal,
    });
    await this.#lock.addOwner(java.pid);
    return java;
  }

  async #waitUntilReady(java: JavaProcess, hasFailed: () => boolean): Promise<string> {
    const { signal, onProgress } = this.#options;
    onProgress?.('starting the JVM');
    const line = await java.waitForLine(/Rest endpoint listening at/, {
      deadlineMs: readyDeadlineMs,
      signal,
    });
    const restUrl = `http://${/listening at (\S+)/.exec(line)?.[1] ?? ''}`;
    onProgress?.('starting the job');
    let hasExited = false;
    void java.exited.then(() => (hasExited = true));
    let seen = 'no job yet';
    const deadline = performance.now() + readyDeadlineMs;
    while (performance.now() < deadline && !hasExited && !hasFailed()) {
      const state = await flinkJobState(restUrl, { signal }).catch(() => undefined);
      signal?.throwIfAborted();
      if (state?.isRunning && state.partitions > 0) return restUrl;
      if (state !== undefined) {
        seen = state.isRunning ? 'running, but without partitions: are broker and topic there?' : state.state;
      }
      await sleep(pollMs, undefined, { signal });
    }
    const printed = java.lastLines().filter((line) => !/^\s+(?:at|\.\.\.) /.test(line));
    throw new LocalFlinkError(
      'not_ready',
      `The Flink job is not ready (${hasExited ? 'its JVM has ended' : seen}). It printed:\n${printed.join('\n')}`,
    );
  }

  #handle(java: JavaProcess, restUrl: string, restoredFrom: string | undefined): LocalFlink {
    const exited = java.exited.then(async (exit) => {
      await rm(join(this.#options.dataDir, temporaryFolder), { recursive: true, force: true });
      await this.#lock.release();
      return exit;
    });
    const savepoints = this.#state.savepoints;
    return {
      pid: java.pid,
      restUrl,
      restoredFrom,
      exited,
      async stop({ deadlineMs = stopDeadlineMs } = {}) {
        const savepointMs = Math.max(0, deadlineMs - exitShareMs);
        if (savepointMs > 0) await stopWithSavepoint(restUrl, savepoints, savepointMs);
        await java.stop({ deadlineMs: Math.min(exitShareMs, deadlineMs) });
        return exited;
      },
      async kill() {
        await java.kill();
        return exited;
      },
    };
  }
}
