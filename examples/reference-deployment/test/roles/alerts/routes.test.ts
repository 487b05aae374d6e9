import Fastify, { type FastifyInstance } from 'fastify';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertOf, type Alert } from '../../../roles/alerts/alert.js';
import { EventStream, formatEvent } from '../../../roles/alerts/event-stream.js';
import { addAlertRoutes } from '../../../roles/alerts/routes.js';
import { verdict } from '../results.js';

const alert = alertOf(verdict(), 'serious', new Date('2026-05-01T08:30:02Z'));
const seenBy = (by: string): Alert => ({ ...alert, acknowledged: { at: '2026-05-01T08:31:00.000Z', by } });
const path = `/v1/alerts/${alert.taskId}/acknowledgement`;

let http: FastifyInstance;
let events: EventStream;
beforeEach(() => {
  http = Fastify({ forceCloseConnections: true });
  events = new EventStream();
  addAlertRoutes(http, {
    table: {
      newest: (limit) => Promise.resolve(Array<Alert>(limit).fill(alert)),
      acknowledge: (taskId, by) => Promise.resolve(taskId === alert.taskId ? seenBy(by) : undefined),
      withdraw: (taskId) => Promise.resolve(taskId === alert.taskId ? alert : undefined),
    },
    events,
    onChange: (changed) => events.send('alert', changed),
  });
});
afterEach(async () => {
  events.close();
  await http.close();
});

describe('GET /v1/alerts', () => {
  it('answers as many as asked for', async () => {
    const answer = await http.inject('/v1/alerts?limit=2');
    expect(answer.json()).toEqual({ alerts: [alert, alert] });
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'page=2'])('refuses ?%s', async (query) => {
    const answer = await http.inject(`/v1/alerts?${query}`);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'invalid_query']);
  });
});

describe('acknowledgement', () => {
  it('answers the alert, with the name as plain text', async () => {
    const answer = await http.inject({ method: 'POST', url: path, payload: { by: ' Ada\u202E\n ' } });
    expect(answer.json()).toEqual(seenBy('Ada'));
    expect((await http.inject({ method: 'DELETE', url: path })).json()).toEqual(alert);
  });

  it.each([{}, { by: '' }, { by: '\u0000' }, { by: 'x'.repeat(201) }, { by: 'Ada', at: 'now' }])(
    'refuses %o',
    async (payload) => {
      const answer = await http.inject({ method: 'POST', url: path, payload });
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'invalid_body']);
    },
  );

  it('answers 404 where there is no alert and 400 where there is no task id', async () => {
    const unknown = path.replace(alert.taskId, verdict().requestId);
    for (const method of ['POST', 'DELETE'] as const) {
      const post = method === 'POST' ? { payload: { by: 'Ada' } } : {};
      expect((await http.inject({ method, url: unknown, ...post })).statusCode).toBe(404);
      expect((await http.inject({ method, url: '/v1/alerts/7/acknowledgement', ...post })).statusCode).toBe(
        400,
      );
    }
  });
});

describe('events', () => {
  it('are one line of JSON whatever the text holds', () => {
    expect(formatEvent('alert', { description: 'a\nb\r\u2028' })).toBe(
      'event: alert\ndata: {"description":"a\\nb\\r\u2028"}\n\n',
    );
  });

  it('reach those who listen, also what an acknowledgement changes', async () => {
    const address = await http.listen({ port: 0, host: '127.0.0.1' });
    const stream = await request(`${address}/v1/alerts/events`);
    expect(stream.headers['content-type']).toContain('text/event-stream');
    await request(`${address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'Ada' }),
    });
    let text = '';
    for await (const chunk of stream.body) {
      text += String(chunk);
      if (text.includes('event: alert')) break;
    }
    expect(text).toContain(formatEvent('alert', seenBy('Ada')));
    await expect.poll(() => events.size).toBe(0);
  });

  it('are refused beyond a hundred listeners', async () => {
    const address = await http.listen({ port: 0, host: '127.0.0.1' });
    const streams = await Promise.all(
      Array.from({ length: 100 }, () => request(`${address}/v1/alerts/events`)),
    );
    const refused = await request(`${address}/v1/alerts/events`);
    expect(refused.statusCode).toBe(503);
    await refused.body.dump();
    for (const { body } of streams) body.on('error', () => {}).destroy();
    await expect.poll(() => events.size).toBe(0);
  });
});
