import { KafkaAdapterError } from '../errors.js';
import { topicContracts, type TopicContract } from '../messages/topics.js';

/** A topic as it should be. */
export interface TopicSpec {
  name: string;
  partitions: number;
  replicationFactor: number;
  /** Kafka's own names and values, as text. */
  config: Readonly<Record<string, string>>;
}

export interface TopicSpecOptions {
  /** Default: the contract's. */
  name?: string | undefined;
  /** Default: the contract's. */
  partitions?: number | undefined;
  /** Default 1. */
  replicationFactor?: number | undefined;
}

const segmentBytes = 64 * 1024 * 1024;

/** What a contract means in Kafka's terms, for a deployment's partitions and replicas. */
export const topicSpecOf = (contract: TopicContract, options: TopicSpecOptions = {}): TopicSpec => {
  const { name = contract.name, partitions = contract.partitions, replicationFactor = 1 } = options;
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new KafkaAdapterError(
      'invalid_options',
      `partitions of ${name} must be 1 or more, not ${partitions}`,
    );
  }
  if (!Number.isInteger(replicationFactor) || replicationFactor < 1) {
    throw new KafkaAdapterError(
      'invalid_options',
      `replicationFactor of ${name} must be 1 or more, not ${replicationFactor}`,
    );
  }
  const config: Record<string, string> = {
    'cleanup.policy': 'delete',
    'max.message.bytes': String(contract.maxRecordBytes),
    'retention.ms': String(contract.retentionMs),
    'message.timestamp.type': contract.timestamps === 'broker' ? 'LogAppendTime' : 'CreateTime',
    // With three replicas one may be away: an acknowledged record is on two disks.
    'min.insync.replicas': String(replicationFactor >= 3 ? 2 : 1),
  };
  if (contract.retentionBytes !== undefined) {
    // Kafka counts bytes per partition, and only deletes whole segments.
    config['retention.bytes'] = String(Math.floor(contract.retentionBytes / partitions));
    config['segment.bytes'] = String(segmentBytes);
  }
  return { name, partitions, replicationFactor, config };
};

/** The specs of the three topics, for those who need nothing special. */
export const riskwatchTopicSpecs = (options: Omit<TopicSpecOptions, 'name'> = {}): TopicSpec[] =>
  Object.values(topicContracts).map((contract) => topicSpecOf(contract, options));
