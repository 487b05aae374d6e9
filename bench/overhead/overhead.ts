import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KeyPool, createPooledFetch } from '@riskwatch/keypool';
import { request } from 'undici';
import { markdownTable, median, quantile } from '../table.js';

type Call = () => Promise<unknown>;

interface Measured {
  readonly callsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** What the pool adds to a call whose provider takes no time: `overhead --seconds 5 --rounds 3`. */
export async function overhead(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const path = fileURLToPath(new URL('echo-server.ts', import.meta.url));
  const server = fork(path, [], { execArgv: ['--import', 'tsx'] });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const calls = callsTo(`http://127.0.0.1:${port}`);
    for (const callers of [1, 64]) {
      console.log(`\n### ${callers} ${callers === 1 ? 'caller' : 'callers'}\n`);
      const rounds = new Map<string, Measured[]>([...calls.keys()].map((name) => [name, []]));
      for (const call of calls.values()) await measure(call, callers, 1);
      // In turn, so that whatever else the machine does meets all of them.
      for (let round = 0; round < Number(values.rounds); round += 1) {
        for (const [name, call] of calls)
          rounds.get(name)!.push(await measure(call, callers, Number(values.seconds)));
      }
      const body = [...rounds].map(([name, runs]) => [
        name,
        median(runs.map((run) => run.callsPerSecond)).toFixed(0),
        median(runs.map((run) => run.p50Us)).toFixed(0),
        median(runs.map((run) => run.p99Us)).toFixed(0),
      ]);
      console.log(markdownTable(['call', 'calls/s', 'p50 µs', 'p99 µs'], body));
    }
  } finally {
    server.disconnect();
  }
}

function callsTo(origin: string): Map<string, Call> {
  const url = `${origin}/v1/chat/completions`;
  const keys = Array.from({ length: 8 }, (_, index) => ({ id: `key-${index}`, secret: `secret-${index}` }));
  const limits = [{ requests: 1e9, perSeconds: 60, burst: 1e6 }];
  const pool = new KeyPool({ baseUrl: `${origin}/v1`, keys, limits });
  const pooledFetch = createPooledFetch(pool);
  const body = JSON.stringify({ model: 'm' });
  const post = { method: 'POST', body } as const;
  const json = { 'content-type': 'application/json' };
  return new Map<string, Call>([
    [
      'undici.request',
      async () => {
        const answer = await request(url, {
          ...post,
          headers: { ...json, authorization: 'Bearer secret-0' },
        });
        return answer.body.json();
      },
    ],
    [
      'run around undici.request',
      () =>
        pool.run(async (lease) => {
          const answer = await request(url, { ...post, headers: { ...json, ...lease.headers } });
          return answer.body.json();
        }),
    ],
    [
      'fetch',
      async () =>
        (await fetch(url, { ...post, headers: { ...json, authorization: 'Bearer secret-0' } })).json(),
    ],
    ['pooled fetch', async () => (await pooledFetch(url, { ...post, headers: json })).json()],
  ]);
}

async function measure(call: Call, callers: number, seconds: number): Promise<Measured> {
  const tookUs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const loop = async () => {
    for (let from = performance.now(); from < endsAt;) {
      await call();
      const now = performance.now();
      tookUs.push((now - from) * 1000);
      from = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, loop));
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  tookUs.sort((x, y) => x - y);
  return {
    callsPerSecond: tookUs.length / elapsedSeconds,
    p50Us: quantile(tookUs, 0.5),
    p99Us: quantile(tookUs, 0.99),
  };
}
