import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { schedulerApi } from '../../../../roles/scheduler/http/api.js';
import { assessmentsRoute } from '../../../../roles/scheduler/http/assessments-route.js';
import { BusyError, UnavailableError, type Assessor } from '../../../../roles/scheduler/tasks/assessor.js';
import { task } from '../support.js';

const servers: FastifyInstance[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(assess: Assessor['assess']): Promise<FastifyInstance> {
  const server = Fastify({ bodyLimit: 200_000 });
  servers.push(server);
  await server.register(schedulerApi([assessmentsRoute({ assess }, () => 7)], pino({ enabled: false })));
  return server;
}
const post = (server: FastifyInstance, payload: string | object, headers: Record<string, string> = {}) =>
  server.inject({
    method: 'POST',
    url: '/v1/assessments',
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('POST /v1/assessments', () => {
  test('answers the result as it is, a failed one too, and passes the trace on', async () => {
    const result = { status: 'failed', error: { code: 'refused' }, more: { kept: true } };
    const assess = vi.fn<Assessor['assess']>().mockResolvedValue(result as never);
    const made = await task();
    const answer = await post(await serve(assess), made, { traceparent: '00-abc' });
    expect([answer.statusCode, answer.json()]).toEqual([200, result]);
    expect(assess.mock.calls[0]?.[0]).toMatchObject({ task: made, receivedAt: 7, traceparent: '00-abc' });
  });

  test('takes a body with a task id whatever else is wrong, under any content type', async () => {
    const assess = vi.fn<Assessor['assess']>().mockResolvedValue({} as never);
    const server = await serve(assess);
    const { taskId } = await task();
    expect((await post(server, { taskId })).statusCode).toBe(200);
    expect(
      (await post(server, JSON.stringify({ taskId }), { 'content-type': 'text/plain' })).statusCode,
    ).toBe(200);
    expect(assess.mock.calls.map(([submission]) => submission)).toMatchObject([
      { identity: { taskId }, code: 'request_rejected' },
      { identity: { taskId }, code: 'request_rejected' },
    ]);
  });

  test.each<[string, string, number, string]>([
    ['no JSON', '{"taskId": ', 400, 'unreadable_task'],
    ['an empty body', '', 400, 'unreadable_task'],
    ['no task id', '{"schemaVersion":1}', 400, 'unreadable_task'],
    ['too large a body', `{"a":"${'x'.repeat(200_001)}"}`, 413, 'body_too_large'],
  ])('refuses %s', async (_name, body, status, code) => {
    const answer = await post(await serve(vi.fn()), body);
    expect([answer.statusCode, answer.json()]).toEqual([
      status,
      { code, message: expect.any(String) as string },
    ]);
  });

  test('says when to come back', async () => {
    const busy = await post(await serve(() => Promise.reject(new BusyError(1_200))), await task());
    expect([busy.statusCode, busy.headers['retry-after']]).toEqual([429, '2']);
    const stopping = await post(
      await serve(() => Promise.reject(new UnavailableError('stopping'))),
      await task(),
    );
    expect([stopping.statusCode, stopping.headers['retry-after']]).toEqual([503, '1']);
  });

  test('keeps what went wrong inside to itself', async () => {
    const answer = await post(await serve(() => Promise.reject(new Error('sk-canary'))), await task());
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('canary');
  });
});
