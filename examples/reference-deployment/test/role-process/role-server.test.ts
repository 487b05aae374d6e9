import { pino } from 'pino';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, test } from 'vitest';
import { Health } from '../../role-process/health.js';
import { createRoleServer } from '../../role-process/role-server.js';

let lines: string[];
let health: Health;
let server: ReturnType<typeof createRoleServer>;

beforeEach(() => {
  lines = [];
  health = new Health();
  const log = pino({}, { write: (line) => void lines.push(line) });
  server = createRoleServer({ health, metrics: new Registry(), log });
});

describe('errors are { code, message }', () => {
  test('where something breaks inside, and only the log knows what', async () => {
    server.get('/broken', () => {
      throw new Error('password of db.internal');
    });
    const answer = await server.inject('/broken');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({ code: 'internal', message: expect.any(String) as string });
    expect(answer.body).not.toContain('db.internal');
    expect(lines.join()).toContain('db.internal');
  });

  test('where nothing is', async () => {
    const answer = await server.inject('/nowhere');
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      { code: 'no_such_address', message: expect.any(String) as string },
    ]);
  });

  test.each([
    ['{"secret":"sk-canary', 400, 'bad_request'],
    [`"${'x'.repeat(70_000)}"`, 413, 'body_too_large'],
  ])('where a body cannot be taken, which is not quoted', async (payload, status, code) => {
    server.post('/body', () => null);
    const headers = { 'content-type': 'application/json' };
    const answer = await server.inject({ method: 'POST', url: '/body', headers, payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ code, message: expect.any(String) as string });
    expect(answer.body).not.toContain('canary');
  });
});

test('is ready when there is no reason left', async () => {
  health.set('database', 'away');
  const before = await server.inject('/readyz');
  expect([before.statusCode, before.json()]).toEqual([503, { ready: false, reasons: ['database: away'] }]);
  health.set('database');
  expect((await server.inject('/readyz')).statusCode).toBe(200);
});

test('waits for a request only so long', () => {
  expect([server.server.requestTimeout, server.server.headersTimeout]).toEqual([30_000, 30_000]);
});
