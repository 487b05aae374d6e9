import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startJudge } from '../judge/start-judge.js';
import { markdownTable, median, quantile } from '../table.js';
import { callers } from './callers/catalogue.js';
import type { ClientReport } from './client-report.js';
import { rows, type Row } from './rows.js';

interface Result {
  readonly row: string;
  readonly client: string;
  readonly seconds: number;
  /** Admitted by the judge, of what a perfect client gets. */
  readonly share: number;
  readonly refused: number;
  readonly refusedAtMs: readonly number[];
  readonly callsToDeadKeys: number;
  readonly errors: number;
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
  readonly cpuSeconds: number;
}

/** `share --rows a,b --clients keypool,p-queue --seconds 60 --runs 3 --json file` */
export async function share(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: [...rows.keys()].join(',') },
      clients: { type: 'string', default: [...callers.keys()].join(',') },
      seconds: { type: 'string' },
      runs: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  const chosenRows = chosen('row', values.rows, rows);
  const chosenClients = chosen('client', values.clients, callers);
  const results: Result[] = [];
  for (const name of chosenRows) {
    const row = rows.get(name)!;
    const seconds = values.seconds === undefined ? row.seconds : Number(values.seconds);
    console.log(`\n### ${row.name}: ${row.says} (${row.callers} callers, ${seconds} s)\n`);
    const ofRow: Result[] = [];
    for (const client of chosenClients) {
      const runs: Result[] = [];
      for (let run = 0; run < Number(values.runs); run += 1) runs.push(await measure(row, client, seconds));
      results.push(...runs);
      ofRow.push(middleOf(runs));
    }
    console.log(tableOf(ofRow));
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
}

async function measure(row: Row, client: string, seconds: number): Promise<Result> {
  const { accounts, faults, answerMs } = row;
  const judge = await startJudge({ accounts, faults, answerMs, sigma: 0.3, countForMs: seconds * 1000 });
  try {
    const path = fileURLToPath(new URL('client.ts', import.meta.url));
    const child = fork(path, [client, row.name, judge.origin, `${seconds}`], {
      execArgv: ['--import', 'tsx'],
    });
    const [report] = (await once(child, 'message')) as [ClientReport];
    const seen = await judge.report();
    const sum = (of: 'admitted' | 'refused' | 'whileDead') =>
      seen.keys.reduce((total, key) => total + key[of], 0);
    // In rounds the first two are there to learn from.
    const fromMs = row.everyMs === undefined ? 0 : 2 * row.everyMs;
    const waits = report.waitsMs.filter(({ atMs }) => atMs >= fromMs).map(({ waitMs }) => waitMs);
    waits.sort((x, y) => x - y);
    return {
      row: row.name,
      client,
      seconds,
      share: sum('admitted') / row.most(seconds),
      refused: sum('refused'),
      refusedAtMs: seen.refusedAtMs.slice(0, 100),
      callsToDeadKeys: sum('whileDead'),
      errors: Object.values(report.errors).reduce((total, count) => total + count, 0),
      waitP50Ms: quantile(waits, 0.5),
      waitP99Ms: quantile(waits, 0.99),
      cpuSeconds: report.cpuSeconds,
    };
  } finally {
    judge.stop();
  }
}

/** Each figure's median over the runs. */
function middleOf(runs: readonly Result[]): Result {
  const middle = (of: (run: Result) => number) => median(runs.map(of));
  return {
    ...runs[0]!,
    share: middle((run) => run.share),
    refused: middle((run) => run.refused),
    callsToDeadKeys: middle((run) => run.callsToDeadKeys),
    errors: middle((run) => run.errors),
    waitP50Ms: middle((run) => run.waitP50Ms),
    waitP99Ms: middle((run) => run.waitP99Ms),
    cpuSeconds: middle((run) => run.cpuSeconds),
  };
}

function tableOf(results: readonly Result[]): string {
  const head = ['client', 'share', 'refused', 'errors', 'to dead keys', 'wait p50 ms', 'p99 ms', 'CPU s'];
  return markdownTable(
    head,
    results.map((result) => [
      result.client,
      `${(result.share * 100).toFixed(1)} %`,
      `${result.refused}`,
      `${result.errors}`,
      `${result.callsToDeadKeys}`,
      result.waitP50Ms.toFixed(0),
      result.waitP99Ms.toFixed(0),
      result.cpuSeconds.toFixed(1),
    ]),
  );
}

function chosen(what: string, list: string, known: ReadonlyMap<string, unknown>): string[] {
  const names = list.split(',');
  for (const name of names) {
    if (!known.has(name)) throw new Error(`There is no ${what} "${name}": ${[...known.keys()].join(', ')}.`);
  }
  return names;
}
