/** Header values as they came: bytes, or several bytes under one name. A header without a value is empty bytes. */
export type RecordHeaders = Readonly<Record<string, Buffer | readonly Buffer[]>>;

/** A record as it lies in a topic. */
export interface KafkaRecord {
  topic: string;
  partition: number;
  offset: number;
  /** Milliseconds since 1970; the topic's configuration says whether by the producer's or the broker's clock. */
  timestamp: number;
  key: Buffer | null;
  /** `null` in a tombstone. */
  value: Buffer | null;
  headers: RecordHeaders;
}

type RawHeaderValue = Buffer | string | null | undefined;

/** Headers as the client hands them over, where a value may be missing (Java producers send `null`). */
export const headersOf = (
  raw: Readonly<Record<string, RawHeaderValue | RawHeaderValue[]>> | undefined,
): RecordHeaders => {
  const bytes = (value: RawHeaderValue): Buffer =>
    Buffer.isBuffer(value) ? value : Buffer.from(value ?? '');
  return Object.fromEntries(
    Object.entries(raw ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(bytes) : bytes(value),
    ]),
  );
};

/** The first value of a header as text. */
export const headerText = (headers: RecordHeaders, name: string): string | undefined => {
  const value = headers[name];
  const first = Array.isArray(value) ? (value as readonly Buffer[])[0] : (value as Buffer | undefined);
  return first?.toString('utf8');
};

/** Bytes of key, value and headers. */
export const recordBytes = (record: Pick<KafkaRecord, 'key' | 'value' | 'headers'>): number => {
  let bytes = (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0);
  for (const [name, value] of Object.entries(record.headers)) {
    for (const part of Array.isArray(value) ? (value as readonly Buffer[]) : [value as Buffer]) {
      bytes += Buffer.byteLength(name) + part.byteLength;
    }
  }
  return bytes;
};
