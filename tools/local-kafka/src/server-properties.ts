/** What differs from start to start. */
export interface ServerSettings {
  port: number;
  /** The port that clients are told to use: the broker's own, or that of a proxy before it. */
  advertisedPort: number;
  controllerPort: number;
  logFolder: string;
  /** What a listener with TLS and logins needs; default: plain text for anybody on this machine. */
  secured?: Readonly<Record<string, string>> | undefined;
}

/** The configuration of one node that is broker and controller, small enough for a laptop. */
export const serverProperties = ({
  port,
  advertisedPort,
  controllerPort,
  logFolder,
  secured = {},
}: ServerSettings): string => {
  const listener = Object.keys(secured).length > 0 ? 'SASL_SSL' : 'PLAINTEXT';
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    // The static form: the formatted folder then holds no port and can be started with another one.
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${listener}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `${listener}://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map': `${listener}:${listener},CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name': listener,
    'log.dirs': logFolder,
    'auto.create.topics.enable': false,
    'num.partitions': 1,
    // Room for the largest record of any topic (dead letters: 2 MiB).
    'message.max.bytes': 2 * 1024 * 1024,
    // One node cannot replicate; with the default of 3 no consumer group ever gets a coordinator.
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 500,
    // A broker that was killed has to wait until its old session is over; the default makes that 9 s.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'controlled.shutdown.enable': false,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'background.threads': 2,
    'num.replica.fetchers': 1,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 2 * 1024 * 1024,
    'log.segment.bytes': 64 * 1024 * 1024,
    // Index files are allocated at full size; 10 MiB for each of hundreds of segments adds up.
    'log.index.size.max.bytes': 1024 * 1024,
    ...secured,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}\n`)
    .join('');
};

/** A properties file is Latin-1, and a backslash in it an escape (Windows paths, names in other scripts). */
const escapeValue = (value: string): string =>
  value
    .replaceAll('\\', '\\\\')
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
