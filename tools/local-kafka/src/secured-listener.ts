import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Jdk } from '@riskwatch/java-process';

/** TLS with a certificate of the broker's own, and SASL PLAIN logins. */
export interface SecuredListenerOptions {
  /** Passwords by user name; letters, digits, `-` and `_` only. */
  users: Readonly<Record<string, string>>;
}

export interface SecuredListener {
  /** What the broker's configuration needs beside the listener itself. */
  properties: Readonly<Record<string, string>>;
  /** The broker's certificate, PEM: for a client's list of authorities. */
  certificate: string;
}

const run = promisify(execFile);
const certificateDays = '30';
const plain = /^[\w-]+$/;

/** Makes the key and the certificate with the JDK's keytool; both are new at each start and hold for 127.0.0.1. */
export const secureListener = async (
  { users }: SecuredListenerOptions,
  { jdk, folder, signal }: { jdk: Jdk; folder: string; signal?: AbortSignal | undefined },
): Promise<SecuredListener> => {
  for (const word of Object.entries(users).flat()) {
    if (!plain.test(word)) throw new TypeError('names and passwords of users are letters, digits, - and _');
  }
  const work = join(folder, 'tls');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { mode: 0o700 });
  const keyStore = join(work, 'broker.p12');
  const password = randomBytes(16).toString('hex');
  const store = ['-alias', 'broker', '-keystore', keyStore, '-storepass', password];
  const keytool = (...args: string[]) =>
    run(join(jdk.home, 'bin', 'keytool'), [...args, ...store], { signal });
  const subject = ['-dname', 'CN=riskwatch-local-kafka', '-ext', 'san=ip:127.0.0.1'];
  const key = ['-storetype', 'PKCS12', '-keyalg', 'EC', '-groupname', 'secp256r1'];
  await keytool('-genkeypair', ...key, ...subject, '-validity', certificateDays);
  const { stdout: certificate } = await keytool('-exportcert', '-rfc');
  const logins = Object.entries(users).map(([name, secret]) => ` user_${name}="${secret}"`);
  return {
    certificate,
    properties: {
      'ssl.keystore.location': keyStore,
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': password,
      // It also calls itself.
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': certificate,
      'sasl.enabled.mechanisms': 'PLAIN',
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required${logins.join('')};`,
    },
  };
};
