import type { OutgoingRecord } from '../client/producer-client.js';
import { KafkaAdapterError } from '../errors.js';

export type HeaderValue = string | Uint8Array;

/** A record to send. */
export interface RecordToSend {
  topic: string;
  /** Decides the partition, and with it the order; never empty. */
  key: string | Uint8Array;
  /** `null` is a tombstone. */
  value: string | Uint8Array | null;
  /** Text or bytes; several values under one name stay several. */
  headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>> | undefined;
}

export interface JsonToSend extends Omit<RecordToSend, 'value'> {
  body: unknown;
}

/** A record with a JSON value and the header that says so. */
export const jsonRecord = ({ body, headers, ...rest }: JsonToSend): RecordToSend => ({
  ...rest,
  value: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

const toBuffer = (value: string | Uint8Array): Buffer =>
  typeof value === 'string'
    ? Buffer.from(value, 'utf8')
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength);

/** What the record format adds at most, per batch and record, and per header. */
const recordOverheadBytes = 100;
const headerOverheadBytes = 12;

/**
 * Checks a record before it joins a batch: one that kafkajs stumbles over would take the whole batch with it.
 *
 * @throws KafkaAdapterError `invalid_record`.
 */
export const toOutgoing = (record: RecordToSend): { outgoing: OutgoingRecord; bytes: number } => {
  const { topic, key, value, headers = {} } = record;
  if (typeof topic !== 'string' || topic === '') refuse('topic must be a name', topic);
  if (!isHeaderValue(key) || key.length === 0) refuse('key must be text or bytes and not empty', key);
  if (value !== null && !isHeaderValue(value)) refuse('value must be text, bytes or null', value);
  const outgoing: OutgoingRecord = {
    topic,
    key: toBuffer(key),
    value: value === null ? null : toBuffer(value),
    headers: {},
  };
  let bytes = recordOverheadBytes + outgoing.key.byteLength + (outgoing.value?.byteLength ?? 0);
  for (const [name, given] of Object.entries(headers)) {
    const values: readonly unknown[] = Array.isArray(given) ? (given as unknown[]) : [given];
    const parts = values.map((part) => {
      if (!isHeaderValue(part)) refuse(`header ${name} must be text or bytes`, part);
      return toBuffer(part);
    });
    for (const part of parts) bytes += headerOverheadBytes + Buffer.byteLength(name) + part.byteLength;
    outgoing.headers[name] = Array.isArray(given) ? parts : parts[0]!;
  }
  return { outgoing, bytes };
};

const isHeaderValue = (value: unknown): value is HeaderValue =>
  typeof value === 'string' || value instanceof Uint8Array;

const refuse: (rule: string, found: unknown) => never = (rule, found) => {
  const what = found === null ? 'null' : typeof found === 'object' ? 'an object' : typeof found;
  throw new KafkaAdapterError('invalid_record', `${rule}, not ${found === '' ? 'empty' : what}`);
};
