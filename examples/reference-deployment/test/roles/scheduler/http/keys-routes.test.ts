import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { KeyPool } from '@riskwatch/keypool';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AdminToken } from '../../../../roles/scheduler/http/admin-token.js';
import { schedulerApi } from '../../../../roles/scheduler/http/api.js';
import { keysRoutes } from '../../../../roles/scheduler/http/keys-routes.js';
import { statusRoute } from '../../../../roles/scheduler/http/status-route.js';
import { KeyDesk } from '../../../../roles/scheduler/keys/key-desk.js';
import { OperatorFile } from '../../../../roles/scheduler/keys/operator-file.js';

const fileKeys = { keys: [{ id: 'file-1', secret: 'sk-canary-file' }], limits: [{ concurrent: 4 }] };
const log = pino({ enabled: false });
let folder: string;
let now: number;
let pool: KeyPool;
let server: FastifyInstance;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keys-routes-'));
  now = 1_000_000;
  await start();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  config: object = fileKeys,
  { token }: { token?: string } = { token: 'letmein' },
): Promise<void> {
  pool = new KeyPool();
  pool.apply(config);
  const desk = new KeyDesk(pool, new OperatorFile(join(folder, 'operator.json')), log);
  server = Fastify();
  const admin = new AdminToken({ token, now: () => now });
  await server.register(schedulerApi([statusRoute(pool), keysRoutes(pool, desk, admin)], log));
}

const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, body?: object, token = 'letmein') =>
  server.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { payload: body }),
  });
const key = async (id: string) =>
  (
    (await call('GET', '/v1/keys')).json() as { keys: { id: string; state: string; source: string }[] }
  ).keys.find((entry) => entry.id === id);

describe('the admin token', () => {
  test.each<['GET' | 'PUT' | 'POST' | 'DELETE', string]>([
    ['GET', '/v1/keys'],
    ['PUT', '/v1/keys/x'],
    ['DELETE', '/v1/keys/file-1'],
    ['POST', '/v1/keys/file-1/disable'],
    ['POST', '/v1/keys/file-1/enable'],
  ])('is asked for by %s %s', async (method, url) => {
    expect((await server.inject({ method, url })).statusCode).toBe(401);
    expect((await call(method, url, undefined, 'letmeim')).statusCode).toBe(401);
  });

  test('is not listened to after ten wrong ones, until a minute is over', async () => {
    for (let n = 0; n < 10; n += 1)
      expect((await call('GET', '/v1/keys', undefined, `no-${n}`)).statusCode).toBe(401);
    const locked = await call('GET', '/v1/keys');
    expect([locked.statusCode, locked.headers['retry-after']]).toEqual([429, '60']);
    now += 60_000;
    expect((await call('GET', '/v1/keys')).statusCode).toBe(200);
  });

  test('that is empty is no token that a request without one has', async () => {
    await server.close();
    await start(fileKeys, { token: '' });
    expect((await server.inject({ method: 'GET', url: '/v1/keys' })).statusCode).toBe(401);
  });

  test('that the deployment does not have opens nothing', async () => {
    await server.close();
    await start(fileKeys, {});
    expect((await call('GET', '/v1/keys', undefined, '')).statusCode).toBe(403);
  });
});

describe('keys', () => {
  test('are added, changed and taken away', async () => {
    expect((await call('PUT', '/v1/keys/extra', { secret: 'sk-canary-1', weight: 2 })).statusCode).toBe(201);
    expect(await key('extra')).toMatchObject({ state: 'available', source: 'admin' });
    expect((await call('PUT', '/v1/keys/extra', { secret: 'sk-canary-2' })).statusCode).toBe(204);
    expect((await call('DELETE', '/v1/keys/extra')).statusCode).toBe(204);
    expect(await key('extra')).toBeUndefined();
    expect((await call('DELETE', '/v1/keys/extra')).statusCode).toBe(404);
  });

  test('that came from the file are changed in the file', async () => {
    for (const answer of [
      await call('PUT', '/v1/keys/file-1', { secret: 'other' }),
      await call('DELETE', '/v1/keys/file-1'),
    ]) {
      expect(answer.statusCode).toBe(409);
      expect(answer.json()).toMatchObject({ code: 'key_from_file' });
    }
    expect(await key('file-1')).toMatchObject({ source: 'file', state: 'available' });
  });

  test.each<[string, object]>([
    ['extra', {}],
    ['extra', { secret: '' }],
    ['extra', { secret: 'a\nb' }],
    ['extra', { secret: 'sk', limit: 5 }],
    ['a%20b', { secret: 'sk' }],
  ])('that are none are refused: %s %j', async (id, body) => {
    expect((await call('PUT', `/v1/keys/${id}`, body)).statusCode).toBe(400);
  });

  test('too large are refused before they are read', async () => {
    expect((await call('PUT', '/v1/keys/extra', { secret: 'x'.repeat(70_000) })).statusCode).toBe(413);
  });

  test('never show their secret', async () => {
    await call('PUT', '/v1/keys/extra', { secret: 'sk-canary-1' });
    const texts = await Promise.all([
      call('GET', '/v1/keys'),
      call('PUT', '/v1/keys/file-1', { secret: 'sk-canary-1', x: 1 }),
    ]);
    for (const { body } of texts) expect(body).not.toContain('canary');
  });
});

describe('an operator’s switch', () => {
  const restarted = async (config?: object) => {
    await server.close();
    await start(config);
  };

  test('outlives a reload of the file, a restart, and a key that left and came back', async () => {
    expect((await call('POST', '/v1/keys/file-1/disable')).statusCode).toBe(204);
    pool.apply({ ...fileKeys, limits: [{ concurrent: 9 }] });
    expect(await key('file-1')).toMatchObject({ state: 'disabled' });
    pool.apply({});
    pool.apply(fileKeys);
    expect(await key('file-1')).toMatchObject({ state: 'disabled' });
    await restarted();
    expect(await key('file-1')).toMatchObject({ state: 'disabled' });
    expect((await call('POST', '/v1/keys/file-1/enable')).statusCode).toBe(204);
    await restarted();
    expect(await key('file-1')).toMatchObject({ state: 'available' });
  });

  test('keys added here are there again after a restart, switched off or not', async () => {
    await call('PUT', '/v1/keys/extra', { secret: 'sk-1' });
    await call('PUT', '/v1/keys/other', { secret: 'sk-2', quotaGroup: 'team' });
    await call('POST', '/v1/keys/other/disable');
    await restarted();
    expect(await key('extra')).toMatchObject({ state: 'available', source: 'admin' });
    expect(await key('other')).toMatchObject({ state: 'disabled', source: 'admin', quotaGroup: 'team' });
  });

  test('a key that is in the file by now counts as the file’s', async () => {
    await call('PUT', '/v1/keys/extra', { secret: 'sk-1' });
    await restarted({ keys: [...fileKeys.keys, { id: 'extra', secret: 'sk-new' }], limits: fileKeys.limits });
    expect(await key('extra')).toMatchObject({ source: 'file' });
  });

  test('of an unknown key is a 404', async () => {
    expect((await call('POST', '/v1/keys/nobody/disable')).statusCode).toBe(404);
    expect(() => readFileSync(join(folder, 'operator.json'))).toThrow('ENOENT');
  });
});

describe('what everybody may read', () => {
  test('the status', async () => {
    const answer = await server.inject({ method: 'GET', url: '/v1/status' });
    expect(answer.json()).toMatchObject({
      waiting: 0,
      inFlight: 0,
      oldestWaitMs: 0,
      provider: { state: 'ok' },
    });
  });

  test('the document of the API', async () => {
    const { paths } = (await server.inject({ method: 'GET', url: '/openapi.json' })).json<{
      paths: object;
    }>();
    expect(Object.keys(paths).sort()).toEqual([
      '/v1/keys',
      '/v1/keys/{id}',
      '/v1/keys/{id}/disable',
      '/v1/keys/{id}/enable',
      '/v1/status',
    ]);
  });
});
