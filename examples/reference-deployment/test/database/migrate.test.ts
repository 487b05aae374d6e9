import { describe, expect, it } from 'vitest';
import { MigrationError, orderMigrations, readMigrations } from '../../database/migrate.js';

const file = (name: string) => ({ file: name, sql: `-- ${name}` });

describe('orderMigrations', () => {
  it('goes by number, whatever the order of the folder', () => {
    const ordered = orderMigrations([file('003-c.sql'), file('001-a.sql'), file('002-b.sql')]);
    expect(ordered.map(({ number, name }) => `${number} ${name}`)).toEqual(['1 a', '2 b', '3 c']);
  });

  it.each([
    ['a gap', ['001-a.sql', '003-c.sql']],
    ['a number twice', ['001-a.sql', '001-b.sql']],
    ['a name without a number', ['first.sql']],
    ['another kind of file', ['001-a.sql', 'notes.md']],
  ])('refuses %s', (_, names) => {
    expect(() => orderMigrations(names.map(file))).toThrow(MigrationError);
  });
});

describe('readMigrations', () => {
  it.each(['storage', 'alerts'])('reads those of the %s role', (role) => {
    const migrations = readMigrations(new URL(`../../roles/${role}/${role}-migrations/`, import.meta.url));
    expect(migrations[0]?.sql).toContain('CREATE TABLE');
  });
});
