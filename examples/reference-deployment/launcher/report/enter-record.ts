import type { Ledger } from './ledger.js';

export type RecordKind = 'detections' | 'tasks' | 'results' | 'dead-letters';

/** A record as the broker gives it. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: Buffer | null;
  /** Text headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The broker's time where the topic keeps LogAppendTime, else the producer's. */
  readonly timestamp: number;
}

/** What became of a record, for whoever shows rates. */
export interface Entered {
  readonly kind: RecordKind;
  /** `results` only: from capture to the broker's time of the result. */
  readonly latencyMs?: number;
  readonly succeeded?: boolean;
}

/**
 * Enters one record into the ledger. It reads as little of it as it needs: whether a message is valid is decided by
 * those who work with it, and shows as a dead letter.
 */
export function enterRecord(ledger: Ledger, kind: RecordKind, record: TopicRecord): Entered {
  if (kind === 'dead-letters') {
    const header = (name: string) => record.headers[`rw-dlq-${name}`];
    const id = header('id');
    ledger.addDeadLetter({
      origin: `${header('topic')}/${header('partition')}/${header('offset')}`,
      reason: header('reason') ?? 'unknown',
      ...(id && { id }),
    });
    return { kind };
  }
  const message = parseObject(record.value);
  const detectionId = text(message?.detectionId);
  if (!message || detectionId === undefined) return { kind };
  if (kind === 'detections') {
    ledger.addDetection({
      detectionId,
      capturedAtMs: momentOf(message.timestamp) ?? record.timestamp,
    });
    return { kind };
  }
  if (kind === 'tasks') {
    const taskId = text(message.taskId);
    if (taskId !== undefined) ledger.addTask({ taskId, detectionId });
    return { kind };
  }
  const requestId = text(message.requestId);
  if (requestId === undefined) return { kind };
  const succeeded = message.status === 'succeeded';
  const error = message.error as { code?: unknown } | undefined;
  ledger.addResult({
    requestId,
    detectionId,
    outcome: succeeded ? 'succeeded' : (text(error?.code) ?? 'unknown'),
    storedAtMs: record.timestamp,
    attempts: attemptsOf(message.attempts),
  });
  const capturedAtMs = momentOf(message.capturedAt);
  return {
    kind,
    succeeded,
    ...(capturedAtMs !== undefined && { latencyMs: record.timestamp - capturedAtMs }),
  };
}

function parseObject(value: Buffer | null): Record<string, unknown> | undefined {
  if (!value) return undefined;
  try {
    const parsed: unknown = JSON.parse(value.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function attemptsOf(value: unknown): { keyId: string; outcome: string; ms: number }[] {
  if (!Array.isArray(value)) return [];
  return value.map((attempt: { keyId?: unknown; outcome?: unknown; ms?: unknown }) => ({
    keyId: text(attempt.keyId) ?? 'unknown',
    outcome: text(attempt.outcome) ?? 'unknown',
    ms: typeof attempt.ms === 'number' ? attempt.ms : 0,
  }));
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function momentOf(value: unknown): number | undefined {
  const moment = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(moment) ? undefined : moment;
}
