const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const hourMs = 3_600_000;

/** What everybody who writes to or reads from a topic may rely on. */
export interface TopicContract {
  name: string;
  /** What the record key is. Records of one key keep their order. */
  key: 'camera id' | 'task id' | 'original';
  /** Partitions when the deployment names no other number. */
  partitions: number;
  /** Largest record (key, value, headers and Kafka's own few bytes). */
  maxRecordBytes: number;
  retentionMs: number;
  /** Bytes kept over all partitions; absent means bounded by time alone. */
  retentionBytes?: number;
  /** `broker`: the record's timestamp is when the broker stored it (LogAppendTime). */
  timestamps: 'producer' | 'broker';
}

/** The three topics that messages travel on. */
export const topicContracts = {
  detections: {
    name: 'detection-results-topic',
    key: 'camera id',
    partitions: 6,
    maxRecordBytes: 1 * MiB,
    retentionMs: 2 * hourMs,
    retentionBytes: 4 * GiB,
    timestamps: 'producer',
  },
  tasks: {
    name: 'assessment-tasks-topic',
    key: 'task id',
    partitions: 6,
    maxRecordBytes: 1.25 * MiB,
    retentionMs: 2 * hourMs,
    retentionBytes: 4 * GiB,
    timestamps: 'producer',
  },
  results: {
    name: 'risk-assessment-results-topic',
    key: 'task id',
    partitions: 6,
    maxRecordBytes: 256 * KiB,
    retentionMs: 24 * hourMs,
    timestamps: 'broker',
  },
} as const satisfies Record<string, TopicContract>;

/** The name of the topic for what could not be read from `topic`. */
export const deadLetterTopicOf = (topic: string): string => `${topic}.dlq`;

/** The contract of `topic`'s dead letter topic: larger, since headers are added to a record that was just legal. */
export const deadLetterContractOf = (topic: string): TopicContract => ({
  name: deadLetterTopicOf(topic),
  key: 'original',
  partitions: 1,
  maxRecordBytes: 2 * MiB,
  retentionMs: 7 * 24 * hourMs,
  timestamps: 'producer',
});
