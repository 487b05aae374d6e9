import { parseRiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { afterEach, describe, expect, it } from 'vitest';
import { followAlerts } from '../../../../roles/dashboard/feeds/alerts-feed.js';
import { eventData } from '../../../../roles/dashboard/feeds/event-stream.js';
import { FlinkFeed } from '../../../../roles/dashboard/feeds/flink-feed.js';
import { liveResultOf } from '../../../../roles/dashboard/feeds/live-result.js';
import { readScheduler } from '../../../../roles/dashboard/feeds/scheduler-feed.js';
import { camerasAnswer, keysAnswer, statusAnswer } from '../../../../roles/dashboard/feeds/upstream.js';
import { roleDouble, type RoleDouble } from '../fixtures/role-doubles.js';

const doubles: RoleDouble[] = [];
const double = async (...given: Parameters<typeof roleDouble>) => {
  const made = await roleDouble(...given);
  doubles.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(doubles.splice(0).map((one) => one.close()));
});
const soon = () => AbortSignal.timeout(5_000);

const at = '2026-05-01T08:30:00.250Z';

describe('what the roles answer', () => {
  it('takes the scheduler’s status, with what the provider answers while it fails', () => {
    const status = { generatedAt: at, waiting: 3, inFlight: 2, oldestWaitMs: 12, maxWaiting: 9 };
    expect(statusAnswer.parse({ ...status, provider: { state: 'ok' } }).provider).toEqual({ state: 'ok' });
    expect(
      statusAnswer.parse({ ...status, provider: { state: 'failing', since: at, code: 503, nextTryAt: at } })
        .provider,
    ).toEqual({ state: 'failing', since: Date.parse(at), answer: '503', nextTryAt: Date.parse(at) });
  });

  it('takes cameras with and without a picture', () => {
    const camera = { id: 'a', state: 'live', since: at, sampleSeconds: 2, framesPerSecond: 0.5 };
    const last = {
      sequence: 4,
      timestamp: at,
      width: 640,
      height: 360,
      people: [{ box: { x: 1, y: 2, width: 3, height: 4 }, confidence: 0.9 }],
      groups: [],
    };
    const [bare, seen] = camerasAnswer.parse({ cameras: [camera, { ...camera, name: 'Gate', last }] });
    expect(bare).toMatchObject({ name: 'a', frame: null, reason: null, since: Date.parse(at) });
    expect(seen?.frame).toMatchObject({ at: Date.parse(at), people: [{ x: 1, y: 2, width: 3, height: 4 }] });
  });

  it('lets nothing through that the pool does not say it is: a secret in an answer goes no further', () => {
    const key = { id: 'k', quotaGroup: 'g', state: 'available', inFlight: 0, calls: 1, secret: 'sk-canary' };
    const answer = keysAnswer.parse({ quotaGroups: [], keys: [key], secrets: ['sk-canary'] });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });
});

describe('eventData', () => {
  it('joins events that arrive in pieces and passes over others and comments', async () => {
    const text =
      ': hello\n\nevent: alert\ndata: {"a":\ndata: 1}\n\nevent: other\ndata: no\n\nevent: alert\r\ndata: ü2\r\n\r\n';
    const bytes = new TextEncoder().encode(text);
    async function* chunks() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const seen: string[] = [];
    for await (const data of eventData(chunks(), 'alert')) seen.push(data);
    expect(seen).toEqual(['{"a":\n1}', 'ü2']);
  });
});

describe('followAlerts', () => {
  it('lists, then follows, and says when the role is gone', async () => {
    const raw = (taskId: string) => ({
      taskId,
      detectionId: 'd',
      cameraId: 'a',
      riskLevel: 'high',
      description: 'words',
      hazards: [],
      confidence: 0.5,
      capturedAt: at,
      raisedAt: at,
      rule: 'r',
      evidence: null,
      peopleCount: 1,
      acknowledged: null,
    });
    const role = await double((http) => {
      http.get('/v1/alerts', () => ({ alerts: [raw('one')] }));
      http.get('/v1/alerts/events', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
        reply.raw.write(
          `event: alert\ndata: not json\n\nevent: alert\ndata: ${JSON.stringify(raw('two'))}\n\n`,
        );
        setTimeout(() => reply.raw.end(), 50);
      });
    });
    const stop = new AbortController();
    const seen: string[] = [];
    await followAlerts({
      client: role.client,
      signal: stop.signal,
      onList: (alerts) => seen.push(`list ${alerts.map(({ taskId }) => taskId).join()}`),
      onAlert: ({ taskId, level }) => seen.push(`${level} ${taskId}`),
      onAway: () => {
        seen.push('away');
        stop.abort();
      },
    });
    expect(seen).toEqual(['list one', 'high two', 'away']);
  });
});

describe('FlinkFeed', () => {
  const jobs = (...states: [string, string, number][]) => ({
    jobs: states.map(([jid, state, start]) => ({ jid, state, name: 'riskwatch', 'start-time': start })),
  });

  it('sums the metrics of the newest job over its operators', async () => {
    const known = [
      'Source__detections.pendingRecords',
      'Source__detections.numRecordsOut',
      'dispatch.riskwatch.dispatch_in_flight',
      'dispatch.numRecordsIn',
      'dispatch.numRecordsOut',
    ];
    const asked: string[] = [];
    const flink = await double((http) => {
      http.get('/jobs/overview', () => jobs(['old', 'FAILED', 1], ['new', 'RUNNING', 2]));
      http.get('/jobs/new', () => ({ vertices: [{ id: 'v1' }] }));
      http.get<{ Querystring: { get?: string } }>('/jobs/new/vertices/v1/subtasks/metrics', (request) => {
        const { get } = request.query;
        if (get === undefined) return known.map((id) => ({ id }));
        asked.push(...get.split(','));
        return get.split(',').map((id, i) => ({ id, sum: i + 0.5 }));
      });
      http.get('/jobs/new/checkpoints', () => ({ latest: { completed: { latest_ack_timestamp: 77 } } }));
    });
    const facts = await new FlinkFeed(flink.client, () => 0).read(soon());
    expect(facts).toEqual({
      job: 'RUNNING',
      pendingRecords: 0.5,
      inFlight: 1.5,
      tasks: 2.5,
      savedAt: 77,
    });
    expect(asked).not.toContain('dispatch.numRecordsOut');
  });

  it('knows the state of a job that does not run, and nothing else of it', async () => {
    const flink = await double((http) => {
      http.get('/jobs/overview', () => jobs(['a', 'RESTARTING', 1]));
    });
    expect(await new FlinkFeed(flink.client, () => 0).read(soon())).toEqual({
      job: 'RESTARTING',
      pendingRecords: null,
      inFlight: null,
      tasks: null,
      savedAt: null,
    });
  });

  it('fails when Flink does not answer as Flink does', async () => {
    const flink = await double((http) => {
      http.get('/jobs/overview', (_request, reply) => reply.code(500).send({}));
    });
    await expect(new FlinkFeed(flink.client, () => 0).read(soon())).rejects.toMatchObject({
      code: 'dashboard_peer_failed',
      status: 500,
    });
  });
});

describe('liveResultOf', () => {
  it('takes the broker’s time for the publication and the attempts for calls', () => {
    const assessment = parseRiskAssessment(
      JSON.stringify({
        schemaVersion: 1,
        requestId: '00000000-0000-5000-8000-000000000001',
        detectionId: '00000000-0000-7000-8000-000000000001',
        policyVersion: '1',
        revision: 0,
        cameraId: 'a',
        timestamp: at,
        capturedAt: '2026-05-01T08:29:59.000Z',
        status: 'failed',
        error: { code: 'refused', message: 'no', retryable: false },
        attempts: [
          { keyId: 'key-1', outcome: 'rate-limited', startedAt: at, ms: 5 },
          { keyId: 'key-2', outcome: 'ok', startedAt: at, ms: 5 },
        ],
        timings: { receivedAt: at, waitMs: 0, providerMs: 5 },
      }),
    );
    expect(liveResultOf(assessment, 77)).toMatchObject({
      publishedAt: 77,
      capturedAt: Date.parse('2026-05-01T08:29:59.000Z'),
      errorCode: 'refused',
      calls: [
        { keyId: 'key-1', startedAt: Date.parse(at), refused: '429' },
        { keyId: 'key-2', startedAt: Date.parse(at) },
      ],
    });
    expect(liveResultOf(assessment, 77)).not.toHaveProperty('level');
  });
});

describe('readScheduler', () => {
  const status = { waiting: 0, inFlight: 0, oldestWaitMs: 0, maxWaiting: 9, provider: { state: 'ok' } };

  it('does without the pool where the admin token does not open it, and not where the answer is broken', async () => {
    let keys = 403;
    const scheduler = await double((http) => {
      http.get('/v1/status', () => status);
      http.get('/v1/keys', (_request, reply) => reply.code(keys).send({}));
    });
    expect(await readScheduler(scheduler.client, soon())).toMatchObject({
      status: { maxWaiting: 9 },
      pool: null,
    });
    keys = 500;
    await expect(readScheduler(scheduler.client, soon())).rejects.toMatchObject({ status: 500 });
  });
});
