import { describe, expect, it } from 'vitest';
import { ServiceStartError, type RunningService, type Service } from '../../../launcher/processes/service.js';
import { Supervisor, type ServiceEvent } from '../../../launcher/processes/supervisor.js';

const backoff = { firstMs: 1, mostMs: 4, forgottenAfterMs: 60_000 };

/** A service whose processes end when the test says so. */
function scripted(starts: ('up' | 'refuses')[]) {
  const processes: { end(how: string): void; stopped: boolean; killed: boolean }[] = [];
  let started = 0;
  const service: Service = {
    id: 'storage',
    reasons: () => Promise.resolve([]),
    start() {
      if (starts[started++] === 'refuses') return Promise.reject(new ServiceStartError('port taken'));
      let end: (how: string) => void = () => {};
      const exited = new Promise<string>((done) => (end = done));
      const process = { end, stopped: false, killed: false };
      processes.push(process);
      const running: RunningService = {
        pid: processes.length,
        exited,
        stop() {
          process.stopped = true;
          end('SIGTERM');
          return Promise.resolve();
        },
        kill() {
          process.killed = true;
          end('SIGKILL');
        },
      };
      return Promise.resolve(running);
    },
  };
  return { service, processes, starts: () => started };
}

function supervised(starts: ('up' | 'refuses')[]) {
  const script = scripted(starts);
  const events: ServiceEvent[] = [];
  const supervisor = new Supervisor(script.service, { backoff, onEvent: (event) => events.push(event) });
  return { ...script, events, supervisor, start: () => supervisor.start(new AbortController().signal) };
}

describe('a supervised service', () => {
  it('is started again when it dies, and says so', async () => {
    const { supervisor, processes, events, start } = supervised(['up', 'up']);
    await start();
    processes[0]?.end('SIGKILL');
    await expect.poll(() => events.map(({ type }) => type)).toEqual(['ended', 'back']);
    expect(events[0]).toEqual({ type: 'ended', how: 'SIGKILL', againInMs: 1 });
    expect(supervisor.running?.pid).toBe(2);
    await supervisor.stop();
  });

  it('waits longer each time it does not come back, up to the most', async () => {
    const { supervisor, processes, events, start } = supervised([
      ...(['up', 'refuses', 'refuses', 'refuses', 'up'] as const),
    ]);
    await start();
    processes[0]?.end('exit code 1');
    await expect.poll(() => events.at(-1)?.type).toBe('back');
    expect(events.flatMap((event) => ('againInMs' in event ? [event.againInMs] : []))).toEqual([1, 2, 4, 4]);
    await supervisor.stop();
  });

  it('gives up a first start after three tries with the reason', async () => {
    const { start, starts } = supervised(['refuses', 'refuses', 'refuses', 'up']);
    await expect(start()).rejects.toThrow('port taken');
    expect(starts()).toBe(3);
  });

  it('is stopped for good', async () => {
    const { supervisor, processes, events, start, starts } = supervised(['up', 'up']);
    await start();
    await supervisor.stop();
    expect(processes[0]?.stopped).toBe(true);
    expect(starts()).toBe(1);
    expect(events).toEqual([]);
  });

  it('can be killed while it is down', async () => {
    const { supervisor, processes, start, starts } = supervised(['up', 'up']);
    await start();
    processes[0]?.end('SIGKILL');
    supervisor.kill();
    await supervisor.stop();
    expect(starts()).toBeLessThanOrEqual(2);
    expect(supervisor.running === undefined || processes.at(-1)?.stopped).toBe(true);
  });
});
