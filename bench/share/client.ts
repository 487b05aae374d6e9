// One measured client in a process of its own: `client.ts <caller> <row> <origin> <seconds>`.
import { callers } from './callers/catalogue.js';
import type { ClientReport } from './client-report.js';
import { rows } from './rows.js';

const [callerName = '', rowName = '', origin = '', secondsText = ''] = process.argv.slice(2);
const row = rows.get(rowName)!;
const call = callers.get(callerName)!(row, origin);
const startedAt = performance.now();
const endsAt = startedAt + Number(secondsText) * 1000;
/** Ends what is under way when time is up. One for all calls, as programs have it. */
const over = new AbortController();
const waitsMs: { readonly atMs: number; readonly waitMs: number }[] = [];
const errors = new Map<string, number>();

async function callOnce(): Promise<void> {
  const calledAt = performance.now();
  try {
    const { id } = await call(over.signal);
    const now = performance.now();
    if (now > endsAt) return;
    waitsMs.push({ atMs: calledAt - startedAt, waitMs: now - calledAt - Number(id.slice('took-'.length)) });
  } catch (error) {
    if (over.signal.aborted) return;
    const { status, code, name } = error as { status?: number; code?: string; name?: string };
    const kind = String(status ?? code ?? name);
    errors.set(kind, (errors.get(kind) ?? 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function callInALoop(): Promise<void> {
  while (performance.now() < endsAt) await callOnce();
}

async function callInRounds(everyMs: number): Promise<void> {
  for (let at = startedAt; at < endsAt; at += everyMs) {
    await new Promise((resolve) => setTimeout(resolve, at - performance.now()));
    for (let caller = 0; caller < row.callers; caller += 1) void callOnce();
  }
}

const timeUp = new Promise<void>((resolve) => setTimeout(resolve, endsAt - performance.now()));
if (row.everyMs === undefined) void Array.from({ length: row.callers }, callInALoop);
else void callInRounds(row.everyMs);
await timeUp;
over.abort();
const { user, system } = process.cpuUsage();
const report: ClientReport = {
  answered: waitsMs.length,
  errors: Object.fromEntries(errors),
  waitsMs,
  cpuSeconds: (user + system) / 1e6,
};
process.send!(report, () => process.exit(0));
