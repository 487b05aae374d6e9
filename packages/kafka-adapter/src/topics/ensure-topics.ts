import { AdminClient } from '../client/admin-client.js';
import type { ConnectionOptions } from '../client/connection-options.js';
import type { TopicSpec } from './topic-spec.js';

/** Where a topic is not what it should be. */
export interface TopicDifference {
  /** `partitions`, `replicationFactor`, or the name of a configuration entry. */
  what: string;
  wanted: string;
  found: string;
}

export interface TopicReport {
  name: string;
  created: boolean;
  /** Empty for a topic that was just created, and for one that is as it should be. */
  differences: TopicDifference[];
}

export interface EnsureTopicsOptions {
  connection: ConnectionOptions;
  signal?: AbortSignal | undefined;
}

/**
 * Creates the topics that do not exist. One that exists and differs is reported, never changed: partitions cannot be
 * taken back, and a change of their number moves keys.
 *
 * @throws KafkaAdapterError `not_authorized`, `unavailable`, `refused` (too many replicas for the cluster, say); the
 *   signal's reason when aborted.
 */
export const ensureTopics = async (
  specs: readonly TopicSpec[],
  { connection, signal }: EnsureTopicsOptions,
): Promise<TopicReport[]> => {
  const admin = new AdminClient(connection);
  try {
    const reports: TopicReport[] = [];
    for (const spec of specs) reports.push(await ensureTopic(admin, spec, signal));
    return reports;
  } finally {
    await admin.close();
  }
};

const ensureTopic = async (
  admin: AdminClient,
  spec: TopicSpec,
  signal?: AbortSignal,
): Promise<TopicReport> => {
  const { name } = spec;
  let shape = await admin.topicShape(name, signal);
  if (shape === undefined) {
    if (await admin.createTopic(spec, signal)) return { name, created: true, differences: [] };
    // Somebody else was quicker.
    shape = await admin.topicShape(name, signal);
  }
  const config = await admin.topicConfig(name, Object.keys(spec.config), signal);
  const found: [string, string, string | undefined][] = [
    ['partitions', String(spec.partitions), shape === undefined ? undefined : String(shape.partitions)],
    ['replicationFactor', String(spec.replicationFactor), shape && String(shape.replicationFactor)],
    ...Object.entries(spec.config).map(([key, value]): [string, string, string | undefined] => [
      key,
      value,
      config.get(key),
    ]),
  ];
  const differences = found
    .filter(([, wanted, actual]) => wanted !== actual)
    .map(([what, wanted, actual]) => ({ what, wanted, found: actual ?? 'nothing' }));
  return { name, created: false, differences };
};
