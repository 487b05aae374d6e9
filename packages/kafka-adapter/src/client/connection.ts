import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Kafka, logLevel, type ISocketFactory, type KafkaConfig, type RetryOptions } from 'kafkajs';
import { KafkaAdapterError } from '../errors.js';
import { guarded } from '../guarded.js';
import { calmRequestQueues } from './calm-request-queue.js';
import { checkConnectionOptions, type ConnectionOptions } from './connection-options.js';

const keepAliveMs = 60_000;
const connectTimeoutMs = 2_000;
const requestTimeoutMs = 5_000;

/** Tries until it is told to end: outages are waited out, and `destroy` is how one stops waiting. */
export const endlessRetry: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  retries: Number.MAX_SAFE_INTEGER,
};
/** About two seconds in all, for questions whose asker has its own idea of when to ask again. */
export const shortRetry: RetryOptions = { initialRetryTime: 100, maxRetryTime: 500, retries: 5 };

/**
 * One kafkajs client that can be ended for good. kafkajs has loops that outlive `disconnect` (a send that is being
 * retried reconnects, a consumer stopped while it joins goes on); once destroyed, the sockets are gone and no broker
 * address is given out any more, which kafkajs takes for an error that cannot be retried.
 */
export class Connection {
  readonly kafka: Kafka;
  readonly #sockets = new Set<Socket>();
  #destroyed = false;

  constructor(options: ConnectionOptions, retry: RetryOptions) {
    checkConnectionOptions(options);
    calmRequestQueues();
    const { brokers, clientId = 'riskwatch', tls, sasl, onLog = () => undefined } = options;
    const tell = guarded(onLog);
    const config: KafkaConfig = {
      clientId,
      brokers: () => (this.#destroyed ? [] : [...brokers]),
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      retry,
      socketFactory: this.#openSocket,
      logLevel: logLevel.WARN,
      // Rebalances and reconnects are errors to kafkajs; whoever wants to read them takes `onLog`.
      logCreator: () => (entry) => {
        tell({
          level: entry.level === logLevel.ERROR ? 'error' : 'warn',
          message: `${entry.namespace}: ${entry.log.message}`,
        });
      },
    };
    if (tls !== undefined && tls !== false) config.ssl = tls;
    if (sasl !== undefined) config.sasl = sasl as NonNullable<KafkaConfig['sasl']>;
    this.kafka = new Kafka(config);
  }

  readonly #openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.#destroyed) throw new KafkaAdapterError('closed', 'this Kafka client is closed');
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Ends every socket and every loop of this client, at once. */
  destroy(): void {
    this.#destroyed = true;
    for (const socket of this.#sockets) socket.destroy(new Error('this Kafka client is closed'));
  }
}
