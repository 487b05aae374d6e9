/**
 * Kafka for programs that must lose nothing: a producer whose acknowledged records are stored, a consumer that works
 * on many messages at once and keeps the order of each key, dead letters, lag, and the riskwatch messages.
 *
 * ```ts
 * import { createConsumer, parseDetection } from '@riskwatch/kafka-adapter';
 *
 * const consumer = createConsumer({
 *   connection: { brokers: ['127.0.0.1:9092'] },
 *   topic: 'detection-results-topic',
 *   consumerGroup: 'example',
 *   parse: parseDetection,
 *   handle: async ({ body }) => console.log(body.cameraId, body.group.peopleCount),
 * });
 * await consumer.start();
 * ```
 *
 * @module
 */
export type { CommittedOffset, PartitionOffsets } from './client/admin-client.js';
export type { ClientLog, ConnectionOptions, SaslOptions, TlsOptions } from './client/connection-options.js';
export type { StoredAt } from './client/producer-client.js';
export { headerText, recordBytes, type KafkaRecord, type RecordHeaders } from './client/record.js';
export type { Clock } from './clock.js';
export type { ConsumerEvent, RecordAddress } from './consumer/consumer-event.js';
export type {
  ConsumedMessage,
  ConsumerOptions,
  DeadLetterOptions,
  Handle,
  HandleContext,
  RetryOptions,
  StartFrom,
} from './consumer/consumer-options.js';
export type { ConsumerHealth, ConsumerStats } from './consumer/consumer-status.js';
export { createConsumer, type Consumer } from './consumer/consumer.js';
export { RejectMessageError, RetryLaterError } from './consumer/control-errors.js';
export {
  deadLetterHeaders,
  deadLetterOf,
  type DeadLetterContext,
  type DeadLetterReason,
} from './dead-letters/dead-letter.js';
export { KafkaAdapterError, kafkaAdapterErrorCodes, type KafkaAdapterErrorCode } from './errors.js';
export {
  createLagReader,
  readLag,
  type GroupLag,
  type LagQuestion,
  type LagReader,
  type PartitionLag,
} from './lag/read-lag.js';
export * from './messages/index.js';
export { jsonRecord, type HeaderValue, type JsonToSend, type RecordToSend } from './producer/outgoing.js';
export type { ProducerOptions } from './producer/producer-options.js';
export { createProducer, type Producer, type ProducerStats, type SendOptions } from './producer/producer.js';
export type { Random } from './random.js';
export {
  readFirstResults,
  type FirstResult,
  type FirstResults,
  type FirstResultsOptions,
} from './reading/first-results.js';
export {
  followTopic,
  type FollowFrom,
  type FollowOptions,
  type TopicFollower,
} from './reading/follow-topic.js';
export {
  readTopic,
  topicOffsets,
  type ReadTopicOptions,
  type TopicOffsetsOptions,
} from './reading/read-topic.js';
export {
  ensureTopics,
  type EnsureTopicsOptions,
  type TopicDifference,
  type TopicReport,
} from './topics/ensure-topics.js';
export {
  riskwatchTopicSpecs,
  topicSpecOf,
  type TopicSpec,
  type TopicSpecOptions,
} from './topics/topic-spec.js';
