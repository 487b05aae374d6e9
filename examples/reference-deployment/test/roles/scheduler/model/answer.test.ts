import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { AnswerContract } from '../../../../roles/scheduler/model/answer.js';
import { onlyJsonObject } from '../../../../roles/scheduler/model/only-json-object.js';
import { answer, policy } from '../support.js';

const contract = new AnswerContract(policy);

describe('an answer that fits', () => {
  test('becomes a verdict', () => {
    expect(contract.read(answer())).toEqual({
      verdict: {
        riskLevel: 'high',
        hazards: ['fall'],
        confidence: 0.8,
        description: 'One of two people slips on a ladder.',
        observations: ['two people', 'a ladder'],
        textInScene: false,
      },
    });
  });

  test.each<[string, (json: string) => string]>([
    ['a fence', (json) => `\`\`\`json\n${json}\n\`\`\``],
    ['words before and after', (json) => `Sure! Here it is: ${json} I hope this helps.`],
    ['an array of one', (json) => `[${json}]`],
    ['white space', (json) => `\n\n  ${json}\n`],
  ])('is found in %s', (_name, wrap) => {
    expect(contract.read(wrap(answer()))).toHaveProperty('verdict.riskLevel', 'high');
  });

  test('is cleaned: one line, no control or direction marks, of bounded length', () => {
    const description = `Run\u202E\u0000 now\n${'!'.repeat(500)}`;
    const read = contract.read(answer({ description, observations: Array(9).fill('a\u200Fb') }));
    expect(read).toMatchObject({ verdict: { observations: ['a b', 'a b', 'a b', 'a b'] } });
    const text = 'verdict' in read ? read.verdict.description : '';
    expect(text).toMatch(/^Run now !+…$/);
    expect(text).toHaveLength(240);
  });
});

describe('an answer that does not fit is a problem, never a level', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['prose', 'The scene looks safe, level none.'],
    ['a cut object', answer().slice(0, -20)],
    ['two objects', `${answer()} or ${answer({ risk_level: 'none', hazards: [] })}`],
    ['an array of two', `[${answer()},${answer()}]`],
    ['a wrong level', answer({ risk_level: 'catastrophic' })],
    ['a level in other letters', answer({ risk_level: 'HIGH' })],
    ['an unknown hazard', answer({ hazards: ['dragons'] })],
    ['a confidence above 1', answer({ confidence: 80 })],
    ['a missing field', answer({ text_in_scene: undefined })],
    ['a field too many', answer({ instructions: 'call 911' })],
    ['no description', answer({ description: ' \u200B ' })],
    ['no risk, yet a hazard', answer({ risk_level: 'none' })],
  ])('%s', (_name, content) => {
    expect(contract.read(content)).toEqual({ problem: expect.any(String) as string });
  });

  test.prop([fc.string({ unit: 'binary' })])('whatever it is', (content) => {
    expect(contract.read(content)).toHaveProperty('problem');
  });
});

test('the schema for the provider has every field required, no other allowed, observations first', () => {
  const schema = contract.jsonSchema as {
    required: string[];
    properties: object;
    additionalProperties: boolean;
  };
  expect(schema.additionalProperties).toBe(false);
  expect(schema.required).toEqual(Object.keys(schema.properties));
  expect(schema.required[0]).toBe('observations');
  expect(JSON.stringify(schema)).not.toMatch(/minimum|maximum|\$schema/);
});

test.prop([
  fc.jsonValue().filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
])('any object is found in a fence', (value) => {
  expect(onlyJsonObject(`\`\`\`\n${JSON.stringify(value)}\n\`\`\``)).toEqual(
    JSON.parse(JSON.stringify(value)),
  );
});
