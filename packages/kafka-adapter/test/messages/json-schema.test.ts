import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { messageJsonSchemas } from '../../src/messages/json-schema.js';

it.each(Object.entries(messageJsonSchemas()))(
  'schemas/%s.schema.json is what the build writes',
  (name, schema) => {
    const file = readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8');
    expect(file).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  },
);
