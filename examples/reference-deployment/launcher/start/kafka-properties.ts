import type { Deployment } from '../../config/deployment.js';
import { resolveSecret } from '../../config/load-deployment.js';

/** How a Java client reaches the deployment's brokers; empty for plain ones. Holds the password. */
export function kafkaProperties({ tls, sasl }: Deployment['kafka'], baseDir: string): Record<string, string> {
  const protocol = [sasl && 'SASL', tls ? 'SSL' : sasl && 'PLAINTEXT'].filter(Boolean).join('_');
  if (!protocol) return {};
  const properties: Record<string, string> = { 'security.protocol': protocol };
  if (tls?.caFile) {
    properties['ssl.truststore.type'] = 'PEM';
    properties['ssl.truststore.location'] = tls.caFile;
  }
  if (sasl) {
    const loginModule =
      sasl.mechanism === 'plain'
        ? 'org.apache.kafka.common.security.plain.PlainLoginModule'
        : 'org.apache.kafka.common.security.scram.ScramLoginModule';
    const password = resolveSecret(sasl.password, baseDir);
    properties['sasl.mechanism'] = sasl.mechanism.toUpperCase();
    properties['sasl.jaas.config'] =
      `${loginModule} required username=${quoted(sasl.username)} password=${quoted(password)};`;
  }
  return properties;
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
