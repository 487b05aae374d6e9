import { readFileSync } from 'node:fs';
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskIdNamespace, taskIdOf, type TaskIdentity } from '../../src/messages/task-id.js';
import { timestampOf } from '../../src/messages/timestamp.js';
import { createUuidV7 } from '../../src/messages/uuid-v7.js';

const file = new URL('../../schemas/id-vectors.json', import.meta.url);
const { namespace, vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
  namespace: string;
  vectors: (TaskIdentity & { taskId: string })[];
};

describe('taskIdOf', () => {
  it('has the namespace of the vectors', () => expect(taskIdNamespace).toBe(namespace));

  it.each(vectors)('$policyVersion revision $revision', ({ taskId, ...identity }) => {
    expect(taskIdOf(identity)).toBe(taskId);
  });

  it.each([-1, 0.5, Number.NaN])('refuses revision %s', (revision) => {
    expect(() => taskIdOf({ detectionId: 'd', policyVersion: '1', revision })).toThrow(RangeError);
  });
});

describe('createUuidV7', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

  test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 42 }), bytes), { minLength: 1 })])(
    'is version 7 and only ever goes up, whatever clock and dice do',
    (draws) => {
      let next = 0;
      const make = createUuidV7({ now: () => draws[next]![0], randomBytes: () => draws[next]![1] });
      const ids = draws.map(() => {
        const id = make();
        next += 1;
        return id;
      });
      for (const id of ids)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it('holds the time, and counts past the end of a millisecond', () => {
    const make = createUuidV7({
      now: () => 0x0123_4567_89ab,
      randomBytes: () => new Uint8Array(16).fill(0xff),
    });
    const ids = Array.from({ length: 5000 }, make);
    expect(ids[0]).toBe('01234567-89ab-77ff-bfff-ffffffffffff');
    expect(ids.at(-1)).toMatch(/^01234567-89ac-7/);
    expect(ids.toSorted()).toEqual(ids);
  });
});

it('timestampOf cuts to whole milliseconds in UTC', () => {
  expect(timestampOf(1_777_624_200_250.9)).toBe('2026-05-01T08:30:00.250Z');
  expect(timestampOf(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
});
