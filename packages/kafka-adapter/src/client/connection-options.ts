import { createSecureContext, type ConnectionOptions as TlsConnectionOptions } from 'node:tls';
import { KafkaAdapterError } from '../errors.js';

/** Which certificates count, and which to show; a subset of Node's TLS options. */
export type TlsOptions = Pick<
  TlsConnectionOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'servername' | 'rejectUnauthorized'
>;

/** How to log in. */
export type SaslOptions =
  | { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  | { mechanism: 'oauthbearer'; oauthBearerProvider: () => Promise<{ value: string }> };

/** A line from the Kafka client below. */
export interface ClientLog {
  level: 'warn' | 'error';
  message: string;
}

/** Where the brokers are and how to get in. */
export interface ConnectionOptions {
  /** `host:port` of one or more brokers; the others are found through them. */
  brokers: readonly string[];
  /** How the brokers' logs and quotas call this program; default `riskwatch`. */
  clientId?: string | undefined;
  /** `true`: TLS with the system's certificate authorities. Default: no TLS. */
  tls?: boolean | TlsOptions | undefined;
  sasl?: SaslOptions | undefined;
  /** Receives the client's warnings (reconnects, rebalances); default: nobody. */
  onLog?: ((entry: ClientLog) => void) | undefined;
}

/** @throws KafkaAdapterError `invalid_options`: the client below takes any text for a broker and fails much later. */
export const checkConnectionOptions = ({ brokers, tls }: ConnectionOptions): void => {
  if (brokers.length === 0) {
    throw new KafkaAdapterError('invalid_options', 'connection.brokers must name at least one host:port');
  }
  const wrong = brokers.find((broker) => !/^[^\s:/@]+:\d{1,5}$/.test(broker));
  if (wrong !== undefined) {
    // Without what may stand before an @: addresses copied from elsewhere hold passwords.
    const shown = wrong.slice(wrong.lastIndexOf('@') + 1);
    throw new KafkaAdapterError('invalid_options', `connection.brokers must be host:port each, not ${shown}`);
  }
  if (typeof tls !== 'object') return;
  try {
    // Node passes over an authority that is none, and then trusts nobody.
    const isPem = [tls.ca ?? []].flat().every((ca) => String(ca).includes('-----BEGIN'));
    if (!isPem) throw new TypeError('ca is no PEM certificate');
    createSecureContext(tls);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'certificates and keys are given by content, not by file name';
    throw new KafkaAdapterError('invalid_options', `connection.tls: ${reason} (${hint})`, { cause });
  }
};
