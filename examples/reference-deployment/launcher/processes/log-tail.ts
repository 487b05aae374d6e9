import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 16_384;

/** What a service said last, for people: the message of its last error where it logs JSON, else its last line. */
export function lastWords(logFile: string): string {
  const lines = readTail(logFile)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const spoken = lines.map(parseEntry);
  const error = spoken.findLast((entry) => entry.isError)?.text;
  return error ?? spoken.at(-1)?.text ?? 'it said nothing';
}

function readTail(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(file);
  }
}

const PINO_ERROR = 50;

function parseEntry(line: string): { text: string; isError: boolean } {
  try {
    const entry = JSON.parse(line) as { level?: number; msg?: string; err?: { message?: string } };
    return {
      text: [entry.msg, entry.err?.message].filter(Boolean).join(': '),
      isError: (entry.level ?? 0) >= PINO_ERROR,
    };
  } catch {
    return { text: line.trim(), isError: /^\w*(Error|Exception)\b/.test(line.trim()) };
  }
}
