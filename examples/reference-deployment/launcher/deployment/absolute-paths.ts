import { resolve } from 'node:path';
import type { DeploymentFile } from '../../config/deployment.js';

/** The same deployment with every path absolute: roles read a copy that lies elsewhere. */
export function withAbsolutePaths(file: DeploymentFile, baseDir: string): DeploymentFile {
  const path = (text: string) => resolve(baseDir, text);
  const secret = (reference: string) =>
    reference.startsWith('file:') ? `file:${path(reference.slice('file:'.length))}` : reference;
  const { cameras, kafka, scheduler, storage, alerts } = file;
  return {
    ...file,
    ...(file.dataDir && { dataDir: path(file.dataDir) }),
    ...(file.policyFile && { policyFile: path(file.policyFile) }),
    cameras: {
      ...cameras,
      ...(cameras.source && { source: path(cameras.source) }),
      ...(cameras.model && { model: path(cameras.model) }),
      ...(cameras.modelSpec && { modelSpec: path(cameras.modelSpec) }),
      list: cameras.list.map((camera) => ({
        ...camera,
        ...(camera.source && { source: path(camera.source) }),
      })),
    },
    kafka: {
      ...kafka,
      ...(kafka.tls?.caFile && { tls: { caFile: path(kafka.tls.caFile) } }),
      ...(kafka.sasl && { sasl: { ...kafka.sasl, password: secret(kafka.sasl.password) } }),
    },
    scheduler: {
      ...scheduler,
      ...(scheduler.keysFile && { keysFile: path(scheduler.keysFile) }),
      ...(scheduler.adminToken && { adminToken: secret(scheduler.adminToken) }),
    },
    storage: { ...storage, database: secret(storage.database) },
    alerts: {
      ...alerts,
      database: secret(alerts.database),
      webhooks: Object.fromEntries(
        Object.entries(alerts.webhooks).map(([name, webhook]) => [
          name,
          {
            ...webhook,
            url: secret(webhook.url),
            ...(webhook.token && { token: secret(webhook.token) }),
          },
        ]),
      ),
    },
  };
}
