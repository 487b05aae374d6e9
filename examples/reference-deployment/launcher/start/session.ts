import { dirname } from 'node:path';
import { deploymentFileSchema, type Deployment } from '../../config/deployment.js';
import { loadDeploymentFile } from '../../config/load-deployment.js';
import type { LauncherOptions } from '../command-line/options.js';
import { ensureAdminToken } from '../data-folder/admin-token.js';
import type { Locations } from '../data-folder/locations.js';
import { writeFileWhole } from '../data-folder/write-file.js';
import { withAbsolutePaths } from '../deployment/absolute-paths.js';
import { FreePorts } from '../deployment/free-port.js';
import type { PortClaims } from '../deployment/port-claims.js';
import { simulatedProvider } from '../deployment/provider-files.js';
import { resolveDeployment } from '../deployment/resolve-deployment.js';

/** What one run consists of, written down for the roles. */
export interface Session {
  readonly deployment: Deployment;
  /** Whether the launcher runs a broker of its own. */
  readonly ownKafka: boolean;
  /** Where the provider simulator listens; undefined with a real provider. */
  readonly simulatorPort: number | undefined;
}

/**
 * The deployment file that the options name, or the empty one; its paths absolute.
 * @throws {DeploymentConfigError}
 */
export function readDeploymentFile(options: LauncherOptions) {
  return options.config
    ? withAbsolutePaths(loadDeploymentFile(options.config), dirname(options.config))
    : deploymentFileSchema.parse({});
}

/** Chooses what is open and writes the files of this run: keys, simulator, deployment. */
export async function openSession(
  options: LauncherOptions,
  file: ReturnType<typeof readDeploymentFile>,
  locations: Locations,
  claims: PortClaims,
): Promise<Session> {
  const ports = new FreePorts((port) => claims.claim(port));
  let keysFile = options.keysFile ?? file.scheduler.keysFile;
  let simulatorPort: number | undefined;
  if (keysFile === undefined) {
    simulatorPort = await ports.choose();
    const provider = simulatedProvider(options, simulatorPort);
    writeFileWhole(locations.simulator, JSON.stringify(provider.simulator), 0o600);
    writeFileWhole(locations.keys, JSON.stringify(provider.keysFile, undefined, 2), 0o600);
    keysFile = locations.keys;
  }
  const adminToken = ensureAdminToken(locations.dataDir);
  const deployment = await resolveDeployment(
    file,
    options,
    { dataDir: locations.dataDir, keysFile, adminToken },
    ports,
  );
  writeDeployment(deployment, locations);
  return { deployment, ownKafka: file.kafka.brokers === undefined, simulatorPort };
}

export function writeDeployment(deployment: Deployment, locations: Locations): void {
  writeFileWhole(locations.deployment, JSON.stringify(deployment, undefined, 2), 0o600);
}
