import { classifyStatus, errorFields } from '../outcome/classify.js';
import type { Outcome, OutcomeKind } from '../outcome/outcome.js';
import { retryAfterMs } from '../outcome/retry-after.js';
import type { ErrorAnswer } from './provider-profile.js';

/** What a provider's own codes mean, where its statuses do not say it. */
export type CodeTable = ReadonlyMap<string, OutcomeKind>;

export function codeTable(codes: Partial<Record<OutcomeKind, readonly string[]>>): CodeTable {
  return new Map(
    Object.entries(codes).flatMap(([kind, names]) => names.map((name) => [name, kind as OutcomeKind])),
  );
}

const noCodes: CodeTable = new Map();

/** A short word for what was answered: the status, and the code where it says more. */
export function reasonOf(status: number, code: string, type: string): string {
  const word = code === String(status) ? type : code || type;
  return word === '' ? `${status}` : `${status} ${word}`;
}

/** The code of the error, or its type, where the table has it; the status otherwise. */
export function classifyByCode(
  { status, header, body, now }: ErrorAnswer,
  codes: CodeTable = noCodes,
): Outcome {
  const { code, type } = errorFields(body);
  const reason = reasonOf(status, code, type);
  const byStatus = classifyStatus(status, header, now, reason);
  const kind = codes.get(code) ?? codes.get(type) ?? byStatus.kind;
  if (kind === byStatus.kind) return byStatus;
  // Neither a key nor a request gets better by waiting.
  if (kind === 'bad-key' || kind === 'rejected') return { kind, reason };
  return { kind, retryAfterMs: retryAfterMs(header, now), reason };
}
