import Fastify, { type FastifyInstance } from 'fastify';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PictureCache } from '../../../../roles/dashboard/http/picture-cache.js';
import type { LiveStream } from '../../../../roles/dashboard/http/live-stream.js';
import type { AlertView, Sections } from '../../../../roles/dashboard/live/live-state.js';
import { serveDashboard } from '../../../../roles/dashboard/serve-dashboard.js';
import { liveMessages } from '../fixtures/live-messages.js';
import { roleDouble, type RoleDouble } from '../fixtures/role-doubles.js';
import { evidenceOf, normal } from '../fixtures/scenes.js';

const TASK = '00000000-0000-5000-8000-000000000001';
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);

let pageDir: string;
let http: FastifyInstance;
let live: LiveStream;
let camera: RoleDouble;
let storage: RoleDouble;
let alerts: RoleDouble;
let metrics: Registry;
let state: Sections;
let frameSequence: number;
let frameCalls: number;
const recentEvidence = new PictureCache(1_000);
const acknowledged: AlertView[] = [];

beforeEach(async () => {
  pageDir = await mkdtemp(join(tmpdir(), 'riskwatch-page-'));
  for (const file of ['index.html', 'app.js', 'app.css', 'favicon.svg'])
    await writeFile(join(pageDir, file), file);
  frameSequence = 7;
  frameCalls = 0;
  acknowledged.length = 0;
  camera = await roleDouble((role) => {
    role.get('/v1/cameras/:id/frame.jpg', (_request, reply) => {
      frameCalls += 1;
      return reply.type('image/jpeg').header('x-frame-sequence', String(frameSequence)).send(JPEG);
    });
  });
  storage = await roleDouble((role) => {
    role.get<{ Params: { sha256: string } }>('/v1/evidence/:sha256', (request, reply) =>
      request.params.sha256 === evidenceOf(1)
        ? reply.type('image/jpeg').send(JPEG)
        : reply.code(404).send({ error: 'unknown' }),
    );
  });
  alerts = await roleDouble((role) => {
    role.post<{ Params: { id: string }; Body: { by: string } }>(
      '/v1/alerts/:id/acknowledgement',
      (request) => ({
        taskId: request.params.id,
        cameraId: 'cam-07',
        riskLevel: 'high',
        description: '',
        hazards: [],
        capturedAt: '2026-05-01T08:30:00.000Z',
        raisedAt: '2026-05-01T08:30:01.000Z',
        rule: 'r',
        evidence: null,
        acknowledged: { at: '2026-05-01T08:31:00.000Z', by: request.body.by },
      }),
    );
  });
  metrics = new Registry();
  state = normal(Date.now());
  http = Fastify({ forceCloseConnections: true });
  live = await serveDashboard({
    http,
    metrics,
    pageDir,
    listenHost: '127.0.0.1',
    sections: () => state,
    now: Date.now,
    camera: camera.client,
    storage: storage.client,
    alerts: alerts.client,
    recentEvidence,
    onAlert: (alert) => acknowledged.push(alert),
  });
});

afterEach(async () => {
  live.close();
  await Promise.all([http.close(), camera.close(), storage.close(), alerts.close()]);
  await rm(pageDir, { recursive: true });
});

const listen = async () => {
  await http.listen({ host: '127.0.0.1', port: 0 });
  return (http.server.address() as AddressInfo).port;
};

describe('the page', () => {
  it('runs its own script only and is not served under a foreign name', async () => {
    const page = await http.inject({ url: '/', headers: { host: '127.0.0.1:8080' } });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    const rebound = await http.inject({ url: '/', headers: { host: 'attacker.example:8080' } });
    expect(rebound.statusCode).toBe(421);
  });

  it('answers 304 to who has it already', async () => {
    const first = await http.inject({ url: '/app.js' });
    const again = await http.inject({
      url: '/app.js',
      headers: { 'if-none-match': String(first.headers.etag) },
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });
});

describe('pictures', () => {
  it('asks the camera role once for a frame that many want', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => http.inject({ url: '/v1/cameras/cam-07/frame.jpg?sequence=7' })),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
    expect(answers[0]?.rawPayload).toEqual(JPEG);
    expect(answers[0]?.headers['cache-control']).toContain('immutable');
    expect(frameCalls).toBe(1);
  });

  it('never passes another frame off as the one that was asked for', async () => {
    frameSequence = 8;
    const gone = await http.inject({ url: '/v1/cameras/cam-07/frame.jpg?sequence=7' });
    expect([gone.statusCode, gone.headers['cache-control']]).toEqual([404, 'no-store']);
    const next = await http.inject({ url: '/v1/cameras/cam-07/frame.jpg?sequence=8' });
    expect(next.statusCode).toBe(200);
    expect(frameCalls).toBe(1);
  });

  it.each([
    '/v1/cameras/..%2Fkeys/frame.jpg?sequence=1',
    '/v1/cameras/a/frame.jpg',
    '/v1/evidence/..%2F..%2Fkeys',
  ])('refuses %s', async (url) => {
    expect((await http.inject({ url })).statusCode).toBe(400);
  });

  it('takes evidence from the detections just gone by, else from storage', async () => {
    recentEvidence.set(evidenceOf(2), Buffer.from('recent'));
    expect((await http.inject({ url: `/v1/evidence/${evidenceOf(2)}` })).body).toBe('recent');
    expect((await http.inject({ url: `/v1/evidence/${evidenceOf(1)}` })).rawPayload).toEqual(JPEG);
    expect((await http.inject({ url: `/v1/evidence/${evidenceOf(3)}` })).statusCode).toBe(404);
    await storage.close();
    expect((await http.inject({ url: `/v1/evidence/${evidenceOf(1)}` })).statusCode).toBe(502);
  });
});

describe('acknowledging', () => {
  const url = `/v1/alerts/${TASK}/acknowledgement`;

  it('passes on who has seen it, and tells the pages', async () => {
    const answer = await http.inject({ method: 'POST', url, payload: { by: 'Mara' } });
    expect(answer.statusCode).toBe(200);
    expect(acknowledged).toMatchObject([{ taskId: TASK, acknowledged: { by: 'Mara' } }]);
  });

  it('is for the dashboard’s own page only', async () => {
    const headers = { origin: 'https://attacker.example' };
    const answer = await http.inject({ method: 'POST', url, payload: { by: 'x' }, headers });
    expect(answer.statusCode).toBe(403);
    expect(acknowledged).toEqual([]);
  });

  it('refuses what is no task, and nobody', async () => {
    const post = (target: string, payload: object) => http.inject({ method: 'POST', url: target, payload });
    expect((await post('/v1/alerts/1/acknowledgement', { by: 'x' })).statusCode).toBe(400);
    expect((await post(url, { by: '' })).statusCode).toBe(400);
  });

  it('says so when the alerts role is away', async () => {
    await alerts.close();
    const answer = await http.inject({ method: 'POST', url, payload: { by: 'x' } });
    expect([answer.statusCode, answer.json()]).toEqual([502, { error: 'the alerts role does not answer' }]);
  });
});

describe('/v1/live', () => {
  it('begins with the whole state and goes on with what changes', async () => {
    const port = await listen();
    const response = await fetch(`http://127.0.0.1:${port}/v1/live`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const messages = liveMessages(response);
    expect((await messages.next()).value).toMatchObject({ full: true, site: 'Harbour quarter' });
    const [first, ...others] = state.cameras;
    if (!first) throw new Error('the scene has cameras');
    state = { ...state, cameras: [{ ...first, level: 'critical' }, ...others] };
    live.changed();
    expect((await messages.next()).value).toMatchObject({
      changedCameras: [{ id: first.id, level: 'critical' }],
    });
    await messages.return(undefined);
  });

  it('cuts off a page that reads too slowly instead of keeping its messages', async () => {
    const port = await listen();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((done) => socket.once('data', done));
    socket.pause();
    const dropped = async () =>
      (await metrics.getSingleMetric('riskwatch_dashboard_dropped_clients_total')?.get())?.values[0]?.value;
    let round = 0;
    await vi.waitFor(
      async () => {
        state = { ...state, site: String((round += 1)).padEnd(900_000, 'x') };
        const cameras = [...state.cameras];
        const [first] = cameras;
        if (first) cameras[0] = { ...first, says: state.site };
        state = { ...state, cameras };
        live.changed();
        expect(await dropped()).toBe(1);
      },
      { timeout: 15_000, interval: 60 },
    );
    socket.destroy();
  });
});
