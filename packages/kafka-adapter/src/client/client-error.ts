import { KafkaAdapterError, type KafkaAdapterErrorCode } from '../errors.js';

/** The parts of a kafkajs error that say what it is; its classes cannot be relied on across retries. */
interface ClientErrorShape {
  name?: string;
  message?: string;
  type?: string;
  retriable?: boolean;
  cause?: unknown;
  errors?: unknown[];
}

const codesByType: Readonly<Record<string, KafkaAdapterErrorCode>> = {
  MESSAGE_TOO_LARGE: 'record_too_large',
  RECORD_LIST_TOO_LARGE: 'record_too_large',
  UNKNOWN_TOPIC_OR_PARTITION: 'unknown_topic',
  INVALID_TOPIC_EXCEPTION: 'unknown_topic',
  TOPIC_AUTHORIZATION_FAILED: 'not_authorized',
  GROUP_AUTHORIZATION_FAILED: 'not_authorized',
  CLUSTER_AUTHORIZATION_FAILED: 'not_authorized',
  SASL_AUTHENTICATION_FAILED: 'not_authorized',
};

/** kafkajs wraps; the innermost error with a protocol type is the one that says why. */
const innermost = (error: unknown, depth = 0): ClientErrorShape => {
  const shape = (error ?? {}) as ClientErrorShape;
  if (depth > 8) return shape;
  const inner = shape.errors?.[0] ?? shape.cause;
  return inner === undefined || inner === error ? shape : innermost(inner, depth + 1);
};

/** Any error of the client as one of ours. */
export const toAdapterError = (error: unknown, what: string): KafkaAdapterError => {
  if (error instanceof KafkaAdapterError) return error;
  const cause = innermost(error);
  const message = `${what}: ${cause.message ?? String(error)}`;
  const known = cause.type === undefined ? undefined : codesByType[cause.type];
  if (known !== undefined) return new KafkaAdapterError(known, message, { cause: error });
  if (cause.name === 'KafkaJSSASLAuthenticationError') {
    return new KafkaAdapterError('not_authorized', message, { cause: error });
  }
  const isAway = cause.retriable === true || /Connection|Timeout|Broker|Coordinator/.test(cause.name ?? '');
  return new KafkaAdapterError(isAway ? 'unavailable' : 'refused', message, { cause: error });
};

/** Whether the broker certainly did not and will not take this: sending the same again is in vain. */
export const isDefiniteRefusal = (error: KafkaAdapterError): boolean =>
  error.code === 'record_too_large' || error.code === 'unknown_topic' || error.code === 'not_authorized';
