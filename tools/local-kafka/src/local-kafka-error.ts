/** The port that was asked for is taken. Faults of JDK, Maven, jars, lock and JVM come as `JavaProcessError`. */
export class LocalKafkaError extends Error {
  override readonly name = 'LocalKafkaError';
  readonly code = 'port_in_use';
}
