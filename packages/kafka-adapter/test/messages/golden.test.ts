import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MessageError } from '../../src/messages/message-error.js';
import { parseAssessmentTask, parseDetection, parseRiskAssessment } from '../../src/messages/parse.js';

interface GoldenMessage {
  file: string;
  message: 'detection' | 'assessment-task' | 'risk-assessment';
  valid: boolean;
  code?: string;
  path?: string;
}

const golden = new URL('../../schemas/golden/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', golden), 'utf8')) as GoldenMessage[];
const parsers = {
  detection: parseDetection,
  'assessment-task': parseAssessmentTask,
  'risk-assessment': parseRiskAssessment,
};

describe('golden messages', () => {
  it.each(manifest.filter(({ valid }) => valid))('$file is read, nothing lost', ({ file, message }) => {
    const bytes = readFileSync(new URL(file, golden));
    expect(parsers[message](bytes)).toMatchObject(JSON.parse(bytes.toString('utf8')) as object);
  });

  it.each(manifest.filter(({ valid }) => !valid))('$file is refused: $code $path', (entry) => {
    const error = errorOf(() => parsers[entry.message](readFileSync(new URL(entry.file, golden))));
    expect(error.code).toBe(entry.code);
    if (entry.path !== undefined) expect(error.issues[0]?.path).toBe(entry.path);
  });
});

const errorOf = (parse: () => unknown): MessageError => {
  try {
    parse();
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
  throw new Error('the message was read');
};
