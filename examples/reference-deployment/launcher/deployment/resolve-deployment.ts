import type { Deployment, DeploymentFile } from '../../config/deployment.js';
import type { LauncherOptions } from '../command-line/options.js';
import type { FreePorts } from './free-port.js';

const DEFAULT_CAMERAS = 12;
/** A page that people keep open should stay where it is. */
const DASHBOARD_PORT = 7300;

/** What a deployment file leaves open and the launcher has made. */
export interface Provided {
  readonly dataDir: string;
  readonly keysFile: string;
  /** A `file:` reference. */
  readonly adminToken: string;
}

/**
 * One deployment out of the command line (which wins), the deployment file and what the launcher provides: every
 * port chosen, every camera listed.
 */
export async function resolveDeployment(
  file: DeploymentFile,
  options: LauncherOptions,
  provided: Provided,
  ports: FreePorts,
): Promise<Deployment> {
  const listen = async (part: { host: string; port: number }, preferred?: number) => ({
    host: part.host,
    port: part.port || (await ports.choose(part.host, preferred)),
  });
  const { kafka, cameras, scheduler, flink, storage, alerts, dashboard } = file;
  return {
    ...file,
    dataDir: provided.dataDir,
    kafka: { ...kafka, brokers: kafka.brokers ?? [`127.0.0.1:${await ports.choose()}`] },
    dispatch: options.dispatch ?? file.dispatch,
    cameras: {
      ...cameras,
      ...(options.model && { model: options.model }),
      ...(options.modelSpec && { modelSpec: options.modelSpec }),
      sampleSeconds: options.sampleSeconds ?? cameras.sampleSeconds,
      list: listCameras(cameras.list, options),
      ...(await listen(cameras)),
    },
    scheduler: {
      ...scheduler,
      keysFile: provided.keysFile,
      adminToken: scheduler.adminToken ?? provided.adminToken,
      ...(await listen(scheduler)),
    },
    flink: { ...flink, ...(await listen(flink)) },
    storage: { ...storage, ...(await listen(storage)) },
    alerts: { ...alerts, ...(await listen(alerts)) },
    dashboard: await listen(dashboard, DASHBOARD_PORT),
  };
}

/** The file's cameras, or as many as the command line says; its sources are dealt to them in turn. */
function listCameras(
  listed: Deployment['cameras']['list'],
  { cameras, sources }: LauncherOptions,
): Deployment['cameras']['list'] {
  const count = cameras ?? (listed.length > 0 ? listed.length : Math.max(DEFAULT_CAMERAS, sources.length));
  const digits = Math.max(2, String(count).length);
  return Array.from({ length: count }, (_, index) => {
    const source = sources[index % sources.length];
    const camera = listed[index] ?? { id: `cam-${String(index + 1).padStart(digits, '0')}` };
    return { ...camera, ...(source !== undefined && { source }) };
  });
}
