import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConnectionOptions } from '@riskwatch/kafka-adapter';
import { resolveSecret } from '../config/load-deployment.js';
import type { RoleContext } from './run-role.js';

/**
 * How a role reaches the brokers of its deployment; the client's warnings go to the role's log.
 * @throws {DeploymentConfigError} where the password's reference leads nowhere
 */
export function kafkaConnection({
  deployment,
  configDir,
  log,
}: Pick<RoleContext, 'deployment' | 'configDir' | 'log'>): ConnectionOptions {
  const { brokers, tls, sasl } = deployment.kafka;
  return {
    brokers,
    clientId: 'riskwatch',
    ...(tls && { tls: tls.caFile ? { ca: readFileSync(resolve(configDir, tls.caFile)) } : true }),
    ...(sasl && { sasl: { ...sasl, password: resolveSecret(sasl.password, configDir) } }),
    // The client calls reconnects and rebalances errors; what matters comes as an error of the adapter.
    onLog: ({ level, message }) => log[level === 'error' ? 'warn' : 'debug']({ from: 'kafka' }, message),
  };
}
