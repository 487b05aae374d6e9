import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailableError, isDataRefused, type Database } from '../../database/database.js';
import { DiskFullError, openEmbeddedDatabase } from '../../database/embedded-database.js';
import { migrate } from '../../database/migrate.js';
import { openDatabase } from '../../database/open-database.js';
import { startPostgresServer } from './postgres-server.js';

/** Making a database, on a machine with much else to do. */
const SLOW_MS = 60_000;
const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'riskwatch-database-'));
  folders.push(folder);
  return folder;
};
/** A folder with an empty database; making one takes seconds, a copy does not. */
const initialisedFolder = async () => {
  const folder = await newFolder();
  await cp(join(initialised, 'postgres'), join(folder, 'postgres'), { recursive: true });
  return folder;
};
let initialised: string;
beforeAll(async () => {
  initialised = await newFolder();
  await (await openDatabase('embedded', initialised)).close();
}, SLOW_MS);
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

interface Opened {
  database: Database;
  close(): Promise<void>;
}

async function openEmbedded(): Promise<Opened> {
  const database = await openDatabase('embedded', await initialisedFolder());
  return { database, close: () => database.close() };
}

async function openServer(): Promise<Opened> {
  const server = await startPostgresServer();
  const database = await openDatabase(server.url, '');
  return {
    database,
    close: async () => {
      await database.close();
      await server.stop();
    },
  };
}

describe.each([
  ['embedded', openEmbedded],
  ['server', openServer],
])('%s database', (kind, open) => {
  let opened: Opened;
  let database: Database;
  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    await database.execute('CREATE TABLE notes (id int PRIMARY KEY, at timestamptz, body json, tags text[])');
  }, SLOW_MS);
  afterAll(() => opened.close());

  it('says which it is', () => expect(database.kind).toBe(kind));

  it('gives and takes moments, json and arrays alike', async () => {
    const at = new Date('2026-05-01T08:30:00.250Z');
    // NUL and half a surrogate pair, which a model may write and jsonb would refuse.
    const body = JSON.stringify({ text: '\u0000 \ud800 "\\' });
    await database.query('INSERT INTO notes VALUES ($1, $2, $3::text::json, $4)', [
      1,
      at,
      body,
      ['a,b', '{"c"}'],
    ]);
    const [row] = await database.query('SELECT at, body, tags FROM notes WHERE id = 1');
    expect(row).toEqual({ at, body: JSON.parse(body) as unknown, tags: ['a,b', '{"c"}'] });
  });

  it('keeps all of a transaction or nothing', async () => {
    const failing = database.transaction(async (connection) => {
      await connection.query('INSERT INTO notes (id) VALUES (2)');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await database.query('SELECT 1 FROM notes WHERE id = 2')).toEqual([]);
    await database.transaction((connection) => connection.query('INSERT INTO notes (id) VALUES (2)'));
    expect(await database.query('SELECT 1 FROM notes WHERE id = 2')).toHaveLength(1);
  });

  it('tells refused data from every other failure', async () => {
    const double = database.query('INSERT INTO notes (id) VALUES (3), (3)').catch((error: unknown) => error);
    const noTable = database.query('SELECT 1 FROM nowhere').catch((error: unknown) => error);
    expect([isDataRefused(await double), isDataRefused(await noTable)]).toEqual([true, false]);
  });

  it('applies each migration once, in a transaction, and refuses changed ones', async () => {
    const one = { number: 1, name: 'one', sql: 'CREATE TABLE one (id int); CREATE INDEX ON one (id);' };
    const broken = { number: 2, name: 'two', sql: 'CREATE TABLE two (id int); CREATE TABLE one (id int);' };
    const two = { number: 2, name: 'two', sql: 'CREATE TABLE two (id int)' };
    expect(await migrate(database, 'role-a', [one])).toBe(1);
    await expect(migrate(database, 'role-a', [one, broken])).rejects.toThrow(/exists/);
    expect(await migrate(database, 'role-a', [one, two])).toBe(1);
    expect(await migrate(database, 'role-a', [one, two])).toBe(0);
    await expect(migrate(database, 'role-a', [{ ...one, sql: 'SELECT 1' }, two])).rejects.toThrow(
      /another text/,
    );
    await expect(migrate(database, 'role-a', [one])).rejects.toThrow(/newer release/);
    expect(await migrate(database, 'role-b', [{ ...one, sql: 'SELECT 1' }])).toBe(1);
  });

  it('keeps house without harm', async () => {
    await database.maintain();
    expect(await database.query('SELECT 1 FROM notes WHERE id = 1')).toHaveLength(1);
  });
});

describe('the folder of an embedded database', () => {
  it('belongs to one process, and survives its sudden death', async () => {
    const folder = await initialisedFolder();
    const database = await openDatabase('embedded', folder);
    await database.execute('CREATE TABLE notes (id int PRIMARY KEY)');
    await database.transaction((connection) =>
      connection.query('INSERT INTO notes SELECT generate_series(1, 1000)'),
    );
    // What kill -9 at this moment would leave: the files as they are, nothing closed.
    const left = await newFolder();
    await cp(folder, left, { recursive: true });

    await expect(openDatabase('embedded', folder)).rejects.toThrow(/in use by process/);
    await database.close();

    await rm(join(left, 'owner.lock'));
    const recovered = await openDatabase('embedded', left);
    expect(await recovered.query('SELECT count(*)::int AS notes FROM notes')).toEqual([{ notes: 1000 }]);
    await recovered.close();
    const again = await openDatabase('embedded', folder);
    await again.close();
  });

  it('is taken over from a killed process at once', async () => {
    const folder = await initialisedFolder();
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD, join(folder, 'owner.lock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: import.meta.dirname,
    });
    await once(holder.stdout, 'data');
    await expect(openDatabase('embedded', folder)).rejects.toThrow(`in use by process ${holder.pid}`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const database = await openDatabase('embedded', folder);
    await database.close();
  });
});

const HOLD = `
  import { acquireFileLock } from '@riskwatch/java-process';
  await acquireFileLock(process.argv[1], { what: 'the folder' });
  console.log('held');
  setInterval(() => {}, 1000);
`;

it(
  'a first start that was killed half-way is begun again',
  async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'postgres.new', 'base'), { recursive: true });
    await writeFile(join(folder, 'postgres.new', 'PG_VERSION'), '18');
    const database = await openDatabase('embedded', folder);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
    expect(await readdir(folder)).toEqual(['postgres']);
  },
  SLOW_MS,
);

describe('an embedded database on a full disk', () => {
  it('writes nothing, still reads, and goes on when there is space', async () => {
    const folder = await initialisedFolder();
    let free = 2 ** 30;
    const freeBytes = () => Promise.resolve(free);
    const database = await openEmbeddedDatabase(folder, { freeBytes });
    const add = (id: number) =>
      database.transaction((connection) => connection.query('INSERT INTO notes VALUES ($1)', [id]));
    await database.execute('CREATE TABLE notes (id int)');
    await add(1);
    free = 2 ** 20;
    await expect(add(2)).rejects.toBeInstanceOf(DiskFullError);
    await expect(database.maintain()).rejects.toBeInstanceOf(DiskFullError);
    expect(await database.query('SELECT id FROM notes')).toEqual([{ id: 1 }]);
    free = 2 ** 30;
    await add(2);
    free = 2 ** 20;
    await database.close();
    await expect(openEmbeddedDatabase(folder, { freeBytes })).rejects.toBeInstanceOf(DiskFullError);
    free = 2 ** 30;
    const again = await openEmbeddedDatabase(folder, { freeBytes });
    expect(await again.query('SELECT id FROM notes ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    await again.close();
  });
});

describe('a database that is not there', () => {
  it.each([
    ['a server that does not answer', 'postgres://riskwatch:hunter2hunter2@127.0.0.1:1/riskwatch'],
    ['text that is no URL', 'hunter2hunter2'],
  ])('%s is refused with a message that holds no password', async (_, url) => {
    const error = await openDatabase(url, '').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(String(error)).not.toContain('hunter2');
  });
});
