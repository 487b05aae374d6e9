import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  acquireFileLock,
  findJdk,
  JavaProcessError,
  spawnJava,
  userCacheFolder,
  type JavaExit,
  type JavaProcess,
} from '@riskwatch/java-process';
import { freePorts, isPortFree } from './free-ports.js';
import { log4jFile, prepareLocalKafka, type PrepareOptions } from './kafka-artifacts.js';
import { LocalKafkaError } from './local-kafka-error.js';
import { secureListener, type SecuredListenerOptions } from './secured-listener.js';
import { serverProperties } from './server-properties.js';
import { formatStorage } from './storage.js';

export interface LocalKafkaOptions extends PrepareOptions {
  /** Topics, records and offsets live here and outlive the broker; default: a temporary folder, gone after `stop`. */
  dataDir?: string | undefined;
  /** Default: a free one. */
  port?: number | undefined;
  /** The port that clients are told to use, when there is a proxy before the broker; default: the broker's own. */
  advertisedPort?: number | undefined;
  /** TLS and logins for clients; default: plain text for anybody on this machine. */
  secured?: SecuredListenerOptions | undefined;
  /** What the broker prints is appended here; it is little, unless something is wrong. */
  logFile?: string | undefined;
}

/** A running Apache Kafka broker on 127.0.0.1. It ends when this process does, even by `kill -9`. */
export interface LocalKafka {
  /** For a client's list of brokers: `127.0.0.1:<port>`. */
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** A secured broker's certificate (PEM), for clients to trust. */
  readonly certificate: string | undefined;
  /** Resolves when the broker has ended, for whatever reason, and its data folder is free again. */
  readonly exited: Promise<JavaExit>;
  /** Ends it in order; kills it at the deadline (default 10 s). */
  stop(options?: { deadlineMs?: number }): Promise<JavaExit>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<JavaExit>;
}

const readyDeadlineMs = 60_000;
const attempts = 3;
const jvmArgs = [
  '-Xms64m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-XX:MaxMetaspaceSize=96m',
  '-XX:ReservedCodeCacheSize=48m',
  '-Xss512k',
  '-Djava.awt.headless=true',
  '-Djava.net.preferIPv4Stack=true',
  `-Dlog4j2.configurationFile=${log4jFile}`,
];

/**
 * Starts Apache Kafka (KRaft, one node) on the installed JDK and resolves when it takes requests. The jars are
 * fetched on first use. A data folder has one broker at a time; started again, on whatever port, it goes on with its
 * topics and offsets.
 *
 * @throws LocalKafkaError `port_in_use`; JavaProcessError `jdk_missing`, `maven_missing`, `maven_failed`,
 *   `artifacts_differ`, `locked` (the data folder has an owner), `exited_early`, `not_ready`.
 */
export const startLocalKafka = async (options: LocalKafkaOptions = {}): Promise<LocalKafka> => {
  const { port, logFile, signal, cacheDir = userCacheFolder() } = options;
  const jdk = await findJdk(signal === undefined ? {} : { signal });
  const jars = await prepareLocalKafka({ ...options, cacheDir });
  const isTemporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'riskwatch-kafka-')));
  await mkdir(dataDir, { recursive: true });
  const lock = await acquireFileLock(join(dataDir, 'kafka.lock'), {
    what: `The data folder ${dataDir}`,
    signal,
  });
  const cleanUp = async () => {
    await lock.release();
    if (isTemporary) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };

  let certificate: string | undefined;
  let secured: Readonly<Record<string, string>> | undefined;

  const launch = async (attempt: number): Promise<{ java: JavaProcess; port: number }> => {
    if (port !== undefined && !(await isPortFree(port))) {
      throw new LocalKafkaError(
        `Port ${port} of 127.0.0.1 is in use; name another one, or none to get a free one`,
      );
    }
    const [freePort = 0, controllerPort = 0] = await freePorts(2);
    const brokerPort = port ?? freePort;
    const advertisedPort = options.advertisedPort ?? brokerPort;
    const configFile = join(dataDir, 'server.properties');
    const logFolder = join(dataDir, 'data');
    await formatStorage(logFolder, { jdk, jars, cacheDir, signal });
    const settings = { port: brokerPort, advertisedPort, controllerPort, logFolder, secured };
    await writeFile(configFile, serverProperties(settings), { mode: 0o600 });
    const java = await spawnJava({
      jdk,
      jvmArgs,
      classPath: [join(jars, '*')],
      mainClass: 'kafka.Kafka',
      args: [configFile],
      cacheFolder: cacheDir,
      logFile,
      signal,
    });
    await lock.addOwner(java.pid);
    try {
      await java.waitForLine(/Kafka Server started/, { deadlineMs: readyDeadlineMs, signal });
      return { java, port: brokerPort };
    } catch (error) {
      await java.kill();
      // Between choosing a free port and listening on it somebody else may have taken it.
      const portLost = error instanceof JavaProcessError && /Address already in use/.test(error.message);
      if (portLost && attempt < attempts && !signal?.aborted) return launch(attempt + 1);
      throw error;
    }
  };

  try {
    if (options.secured !== undefined) {
      const listener = await secureListener(options.secured, { jdk, folder: dataDir, signal });
      ({ certificate, properties: secured } = listener);
    }
    const { java, port: brokerPort } = await launch(1);
    return handleOf({ java, port: brokerPort, dataDir, certificate, cleanUp });
  } catch (error) {
    await cleanUp();
    signal?.throwIfAborted();
    throw error;
  }
};

interface RunningBroker extends Pick<LocalKafka, 'port' | 'dataDir' | 'certificate'> {
  java: JavaProcess;
  cleanUp: () => Promise<void>;
}

const handleOf = ({ java, port, dataDir, certificate, cleanUp }: RunningBroker): LocalKafka => {
  const exited = java.exited.then(async (exit) => {
    await cleanUp();
    return exit;
  });
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    pid: java.pid,
    dataDir,
    certificate,
    exited,
    async stop(stopOptions) {
      await java.stop(stopOptions);
      return exited;
    },
    async kill() {
      await java.kill();
      return exited;
    },
  };
};
