import type { Verdict } from './verdict.js';

/** As much of JSON Schema as structured outputs use. */
export interface AnswerSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, AnswerSchema>>;
  readonly items?: AnswerSchema;
}

const LEVELS = ['none', 'low', 'medium', 'high', 'critical'];

/**
 * Puts a verdict into whatever object the caller's schema asks for, as a model does: by the names of its fields.
 * Fields it has no opinion on get the plainest value of their type.
 */
export function fillSchema(schema: AnswerSchema, verdict: Verdict, name = ''): unknown {
  const asked = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => [key, fillSchema(property, verdict, key)]),
    );
  }
  if (schema.enum) return fillEnum(schema.enum, asked, verdict);
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'array':
      return fillArray(schema.items ?? {}, asked, verdict);
    case 'number':
      return asked.includes('confidence') ? verdict.confidence : verdict.rank;
    case 'integer':
      return verdict.rank;
    case 'boolean':
      return false;
    case 'string':
      return verdict.description;
    default:
      return null;
  }
}

function fillEnum(options: readonly unknown[], asked: string, verdict: Verdict): unknown {
  if (asked.includes('quality') && options.includes(verdict.imageQuality)) return verdict.imageQuality;
  const level = LEVELS[verdict.rank];
  if (options.includes(level)) return level;
  return options[Math.min(options.length - 1, Math.round((verdict.rank / 4) * (options.length - 1)))];
}

function fillArray(items: AnswerSchema, asked: string, verdict: Verdict): unknown[] {
  if (items.enum) return verdict.hazards.filter((hazard) => items.enum?.includes(hazard));
  return asked.includes('observation') ? [verdict.description] : [...verdict.hazards];
}
