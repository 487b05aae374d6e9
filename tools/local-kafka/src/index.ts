/**
 * Apache Kafka from Maven artifacts on the installed JDK, as a child process.
 *
 * @module
 */
export { kafkaArtifacts, prepareLocalKafka, type PrepareOptions } from './kafka-artifacts.js';
export { startLocalKafka, type LocalKafka, type LocalKafkaOptions } from './local-kafka.js';
export type { SecuredListenerOptions } from './secured-listener.js';
export { LocalKafkaError } from './local-kafka-error.js';
