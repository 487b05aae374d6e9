import { expect, it } from 'vitest';
import { freePorts, isPortFree } from '../src/free-ports.js';
import { serverProperties } from '../src/server-properties.js';

it('listens on the loopback alone, with the ports it was given', () => {
  const lines = serverProperties({
    port: 9092,
    advertisedPort: 9999,
    controllerPort: 9093,
    logFolder: 'C:\\kafka',
  }).split('\n');
  expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093');
  expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:9999');
  expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:9093');
  expect(lines).toContain('log.dirs=C:\\\\kafka');
});

it('writes what a properties file can hold, in any script', () => {
  const ports = { port: 1, advertisedPort: 1, controllerPort: 2 };
  const lines = serverProperties({ ...ports, logFolder: '/home/数据' }).split('\n');
  expect(lines).toContain('log.dirs=/home/\\u6570\\u636e');
});

it('gives out ports that are free and different', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(await Promise.all(ports.map(isPortFree))).not.toContain(false);
});
