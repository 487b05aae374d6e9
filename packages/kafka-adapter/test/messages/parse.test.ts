import { readFileSync } from 'node:fs';
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInlineImage } from '../../src/messages/image.js';
import { MessageError } from '../../src/messages/message-error.js';
import { parseAssessmentTask, parseDetection } from '../../src/messages/parse.js';
import { compareRiskLevels, isRiskAtLeast, riskLevels } from '../../src/messages/risk-level.js';

const golden = (file: string) =>
  readFileSync(new URL(`../../schemas/golden/${file}.json`, import.meta.url), 'utf8');

describe('parse', () => {
  it('fills in the default priority', () => {
    expect(parseAssessmentTask(golden('assessment-task.priority-left-out')).priority).toBe(0);
  });

  it('tells inline pictures from references', () => {
    expect(isInlineImage(parseDetection(golden('detection.inline')).image)).toBe(true);
    expect(isInlineImage(parseDetection(golden('detection.reference')).image)).toBe(false);
  });

  it.each(['abc', 'ab=c', 'ab\ncd+==', 'a-_b'])('refuses base64 %j', (base64) => {
    const detection = JSON.parse(golden('detection.inline')) as { image: object };
    const changed = JSON.stringify({ ...detection, image: { mediaType: 'image/jpeg', base64 } });
    expect(() => parseDetection(changed)).toThrow(expect.objectContaining({ code: 'schema' }));
  });

  it('measures before it reads', () => {
    expect(() => parseDetection(new Uint8Array(1024 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  it('takes a record without value and bytes that are no UTF-8 for broken JSON', () => {
    expect(() => parseDetection(null)).toThrow(expect.objectContaining({ code: 'invalid-json' }));
    expect(() => parseDetection(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(
      expect.objectContaining({ code: 'invalid-json' }),
    );
  });

  it('never quotes the value', () => {
    const secret = 'sk-canary-0123456789';
    for (const value of [
      secret,
      JSON.stringify({ schemaVersion: 1, detectionId: secret, cameraId: [secret] }),
    ]) {
      let error: unknown;
      try {
        parseDetection(value);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(MessageError);
      expect(JSON.stringify(error) + String(error)).not.toContain(secret);
    }
  });

  test.prop([fc.uint8Array()])('gives a typed error for any bytes', (bytes) => {
    expect(() => parseDetection(bytes)).toThrow(MessageError);
  });

  test.prop([fc.jsonValue()])('gives a typed error for any JSON', (value) => {
    expect(() => parseDetection(JSON.stringify(value))).toThrow(MessageError);
  });
});

describe('risk levels', () => {
  it('sort from harmless to worst', () => {
    expect(riskLevels.toReversed().toSorted(compareRiskLevels)).toEqual(riskLevels);
  });

  it('compare with a threshold', () => {
    expect(riskLevels.filter((level) => isRiskAtLeast(level, 'medium'))).toEqual([
      'medium',
      'high',
      'critical',
    ]);
  });
});
