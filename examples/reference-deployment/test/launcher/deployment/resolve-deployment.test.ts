import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { deploymentFileSchema, deploymentSchema } from '../../../config/deployment.js';
import { parseOptions } from '../../../launcher/command-line/options.js';
import { withAbsolutePaths } from '../../../launcher/deployment/absolute-paths.js';
import { FreePorts } from '../../../launcher/deployment/free-port.js';
import { PortClaims } from '../../../launcher/deployment/port-claims.js';
import { resolveDeployment } from '../../../launcher/deployment/resolve-deployment.js';

const provided = { dataDir: '/data', keysFile: '/data/run/keys.json', adminToken: 'file:/data/admin-token' };

const freePorts = () => new FreePorts(() => Promise.resolve(true));

const resolve = (file: unknown = {}, ...args: string[]) =>
  resolveDeployment(deploymentFileSchema.parse(file), parseOptions(args, '/'), provided, freePorts());

describe('the resolved deployment', () => {
  it('leaves nothing open: it is valid, with a port for each part', async () => {
    const deployment = await resolve();
    expect(deploymentSchema.parse(deployment)).toEqual(deployment);
    const { cameras, scheduler, flink, storage, alerts, dashboard, kafka } = deployment;
    const ports = [cameras, scheduler, flink, storage, alerts, dashboard].map(({ port }) => port);
    expect(new Set([...ports, kafka.brokers[0]]).size).toBe(7);
    expect(Math.min(...ports)).toBeGreaterThan(0);
    expect(cameras.list.map(({ id }) => id).slice(0, 2)).toEqual(['cam-01', 'cam-02']);
    expect(cameras.list).toHaveLength(12);
    expect(scheduler.adminToken).toBe('file:/data/admin-token');
  });

  it('takes the command line over the file', async () => {
    const file = {
      dispatch: 'http',
      cameras: { sampleSeconds: 5, list: [{ id: 'gate' }, { id: 'yard', source: '/yard.mp4' }] },
    };
    expect((await resolve(file)).cameras).toMatchObject({
      sampleSeconds: 5,
      list: [{ id: 'gate' }, { id: 'yard', source: '/yard.mp4' }],
    });
    const told = await resolve(file, '--cameras', '3', '--dispatch', 'topic', '--sample-seconds', '1');
    expect(told).toMatchObject({ dispatch: 'topic', cameras: { sampleSeconds: 1 } });
    expect(told.cameras.list.map(({ id }) => id)).toEqual(['gate', 'yard', 'cam-03']);
  });

  it('keeps brokers and ports that the file names', async () => {
    const deployment = await resolve({
      kafka: { brokers: ['kafka.example:9092'], topics: { results: { partitions: 12 } } },
      scheduler: { port: 8123 },
    });
    expect(deployment.kafka.brokers).toEqual(['kafka.example:9092']);
    expect(deployment.kafka.topics.results.partitions).toBe(12);
    expect(deployment.scheduler.port).toBe(8123);
  });

  it('deals the sources to the cameras in turn', async () => {
    const deployment = await resolve({}, '--source', '/dev', '/proc', '--cameras', '3');
    expect(deployment.cameras.list.map(({ source }) => source)).toEqual(['/dev', '/proc', '/dev']);
  });

  it('makes every path absolute, and leaves other references alone', () => {
    const file = deploymentFileSchema.parse({
      dataDir: 'data',
      policyFile: 'policy.yaml',
      cameras: { source: 'clip.mp4', list: [{ id: 'a', source: '../b.mp4' }] },
      kafka: {
        tls: { caFile: 'ca.pem' },
        sasl: { mechanism: 'plain', username: 'u', password: 'file:./password' },
      },
      scheduler: { keysFile: 'keys.yaml', adminToken: 'env:TOKEN' },
      storage: { database: 'file:url' },
      alerts: { webhooks: { pager: { url: 'https://pager.example/', token: 'file:token' } } },
    });
    expect(withAbsolutePaths(file, '/etc/riskwatch')).toMatchObject({
      dataDir: '/etc/riskwatch/data',
      policyFile: '/etc/riskwatch/policy.yaml',
      cameras: { source: '/etc/riskwatch/clip.mp4', list: [{ id: 'a', source: '/etc/b.mp4' }] },
      kafka: { tls: { caFile: '/etc/riskwatch/ca.pem' }, sasl: { password: 'file:/etc/riskwatch/password' } },
      scheduler: { keysFile: '/etc/riskwatch/keys.yaml', adminToken: 'env:TOKEN' },
      storage: { database: 'file:/etc/riskwatch/url' },
      alerts: { webhooks: { pager: { token: 'file:/etc/riskwatch/token' } } },
    });
  });
});

describe('free ports', () => {
  it('are the preferred one where it is free, another where it is taken, never one twice', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    try {
      const ports = freePorts();
      const other = await ports.choose('127.0.0.1', port);
      expect(other).not.toBe(port);
      expect(await ports.choose('127.0.0.1', other)).not.toBe(other);
    } finally {
      taken.close();
    }
  });

  it('are never one that another launcher has chosen a moment ago', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'port-claims-'));
    const [first, second] = [new PortClaims(folder), new PortClaims(folder)];
    const choose = (claims: PortClaims) =>
      new FreePorts((port) => claims.claim(port)).choose('127.0.0.1', 7_399);
    try {
      expect(await choose(first)).toBe(7_399);
      expect(await choose(second)).not.toBe(7_399);
      await first.release();
      expect(await choose(new PortClaims(folder))).toBe(7_399);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
