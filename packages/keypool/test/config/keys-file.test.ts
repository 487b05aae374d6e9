import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKeysFile, type KeysFile } from '../../src/config/index.js';

let folder: string;
let file: KeysFile | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-file-'));
});

afterEach(async () => {
  await file?.close({ deadlineMs: 0 });
  file = undefined;
  await rm(folder, { recursive: true });
});

const path = () => join(folder, 'keys.yaml');
const write = (text: string) => writeFile(path(), text);
const ids = () =>
  file!
    .pool()
    .snapshot()
    .keys.map(({ id }) => id);

const whole = `
provider: openai-compatible
baseUrl: https://host/v1
model: some-model
strategy: least-loaded
limits: [{ requests: 300, perSeconds: 60, burst: 5 }]
quotaGroups:
  - { id: team-a, limits: [{ requests: 10, perSeconds: 1 }, { concurrent: 4 }], baseUrl: https://other/v1, model: theirs }
keys:
  - { id: key-1, secret: "env:KEY_1" }
  - { id: key-2, secret: "file:./key2", quotaGroup: team-a, weight: 2 }
  - { id: key-3, secret: plain-text, quotaGroup: team-b, enabled: false }
`;

describe('a keys file', () => {
  test('makes a pool of all that it says', async () => {
    await writeFile(join(folder, 'key2'), '  from-a-file\n');
    await write(whole);
    file = await openKeysFile(path(), { env: { KEY_1: 'from-the-environment' } });
    const pool = file.pool();
    const { strategy, quotaGroups, keys, endpoints } = pool.snapshot();
    expect(strategy).toBe('least-loaded');
    expect(
      quotaGroups.map(({ id, limits }) => [
        id,
        limits.map(({ dimension, limit }) => `${limit} ${dimension}`),
      ]),
    ).toEqual([
      ['key-1', ['300 requests']],
      ['team-a', ['10 requests', '4 concurrent']],
      ['team-b', ['300 requests']],
    ]);
    expect(keys.map(({ id, state, source, weight }) => [id, state, source, weight])).toEqual([
      ['key-1', 'available', 'file', 1],
      ['key-2', 'available', 'file', 2],
      ['key-3', 'disabled', 'file', 1],
    ]);
    expect(endpoints.map(({ baseUrl }) => baseUrl)).toEqual(['https://host/v1', 'https://other/v1']);
    const leases = [await pool.acquire(), await pool.acquire()];
    expect(leases.map(({ secret }) => secret)).toEqual(['from-the-environment', 'from-a-file']);
    expect(leases.map(({ model }) => model)).toEqual(['some-model', 'theirs']);
  });

  test('may be JSON, and may hold several pools', async () => {
    const pool = (name: string) => ({ name, keys: [{ id: 1, secret: `secret-${name}` }] });
    await write(JSON.stringify({ pools: [pool('vision'), pool('text')] }));
    file = await openKeysFile(path());
    expect([...file.pools.keys()]).toEqual(['vision', 'text']);
    expect((await file.pool('text').acquire()).secret).toBe('secret-text');
    expect(() => file!.pool()).toThrow('no pool "default"; it has vision, text');
  });

  test('is taken over, all of it, when it changes', async () => {
    await write('keys: [{ id: a, secret: x }, { id: b, secret: x }]');
    file = await openKeysFile(path());
    const pool = file.pool();
    pool.keys.add({ id: 'by-hand', secret: 'x' });
    pool.keys.disable('b');
    const reloaded = new Promise((resolve) => file!.once('reloaded', resolve));
    // As careful editors do it: a new file in the place of the old one.
    await writeFile(
      `${path()}.new`,
      'keys: [{ id: b, secret: y }, { id: c, secret: x }]\nlimits: [{ concurrent: 3 }]',
    );
    await rename(`${path()}.new`, path());
    await reloaded;
    expect(file.pool()).toBe(pool);
    expect(ids().sort()).toEqual(['b', 'by-hand', 'c']);
    expect(pool.snapshot().keys.find(({ id }) => id === 'b')?.state).toBe('disabled');
    expect(pool.snapshot().quotaGroups.every(({ limits }) => limits[0]!.limit === 3)).toBe(true);
  });

  test('a secret in a file of its own is followed too', async () => {
    await writeFile(join(folder, 'secret'), 'old');
    await write('keys: [{ id: a, secret: "file:secret" }]');
    file = await openKeysFile(path());
    const reloaded = new Promise((resolve) => file!.once('reloaded', resolve));
    await writeFile(join(folder, 'secret'), 'new');
    await reloaded;
    expect((await file.pool().acquire()).secret).toBe('new');
  });

  test('that is broken leaves everything as it was, says why once, and is taken when it is mended', async () => {
    await write('keys: [{ id: a, secret: x }]');
    file = await openKeysFile(path());
    const told: string[] = [];
    file.on('rejected', ({ message }) => told.push(message));
    file.on('reloaded', () => told.push('reloaded'));
    await write('keys: [{ id: b, secret: x }, { id: c, sekret: x }]');
    await file.reload();
    await file.reload();
    expect(ids()).toEqual(['a']);
    expect(file.rejection?.code).toBe('invalid_options');
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('keys.yaml: keys[1]');
    await write('keys: [{ id: b, secret: x }]');
    await file.reload();
    expect(ids()).toEqual(['b']);
    expect(file.rejection).toBeUndefined();
    expect(told[1]).toBe('reloaded');
  });

  test('that says the same again changes nothing', async () => {
    await write('keys: [{ id: a, secret: x }]');
    file = await openKeysFile(path());
    let reloads = 0;
    file.on('reloaded', () => (reloads += 1));
    await write('# a comment\nkeys: [{ id: a, secret: x }]');
    await file.reload();
    expect(reloads).toBe(0);
  });

  test('is followed until the signal, and its pools work on', async () => {
    await write('keys: [{ id: a, secret: x }]');
    const controller = new AbortController();
    file = await openKeysFile(path(), { signal: controller.signal });
    controller.abort();
    expect(await file.pool().acquire()).toMatchObject({ keyId: 'a' });
    await expect(openKeysFile(path(), { signal: controller.signal })).rejects.toThrow();
  });
});

describe('what is wrong is said, and no secret with it', () => {
  test.each([
    ['keys: [{ id: a, secret: "env:NOT_SET" }]', 'secret of key "a": the environment variable NOT_SET'],
    ['keys: [{ id: a, secret: "file:./nowhere" }]', 'cannot be read (ENOENT)'],
    ['keys: [{ id: a }]', 'keys[0].secret'],
    ['keys: [{ id: a, secret: top-secret, quota: x }]', 'keys[0]'],
    ['keys: [{ id: a, secret: top-secret }, { id: a, secret: top-secret }]', 'the same id twice'],
    [
      'keys: [{ id: a, secret: "top-secret\\u200b" }]',
      'secret of key "a" must be one line of printable ASCII',
    ],
    [
      'keys: [{ id: a, secret: "top-secret\\nother" }]',
      'secret of key "a" must be one line of printable ASCII',
    ],
    ['keys: []\nlimits: [{ requests: many, perSeconds: 60 }]', 'limits[0].requests'],
    ['keys: []\nlimits: [{ requests: 1, tokens: 2, perSeconds: 60 }]', 'must count one thing'],
    ['keys: []\nprovider: nobody', 'provider'],
    ['keys: []\nstrategy: best', 'strategy'],
    ['pools: [{ name: a, keys: [] }, { name: a, keys: [] }]', 'given twice'],
    ['keys: [{ id: a, secret: "top-secret }]\nlimits: oops', 'at line'],
    ['', 'the file'],
  ])('%s', async (text, message) => {
    await write(text);
    const failed = (await openKeysFile(path(), { env: {} }).catch((error: unknown) => error)) as Error;
    expect(failed).toMatchObject({ name: 'KeyPoolError', code: 'invalid_options' });
    expect(failed.message).toContain('keys.yaml: ');
    expect(failed.message).toContain(message);
    expect(failed.message).not.toContain('top-secret');
  });
});
