import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { timeoutSignal } from '../role-process/timeout-signal.js';
import type { LauncherOptions } from './command-line/options.js';
import type { Locations } from './data-folder/locations.js';
import { writeFileWhole } from './data-folder/write-file.js';
import { hasDisplay, openBrowser } from './open-browser.js';
import { buildReport, describeReport, type Report } from './report/report.js';
import { roleUrl } from './start/services.js';
import type { Session } from './start/session.js';
import { startSystem } from './start/start-system.js';
import { StartScreen } from './start/start-screen.js';
import { drain } from './stop/drain.js';
import type { System } from './system.js';
import type { Terminal } from './terminal.js';
import type { Watch } from './watch/watch.js';

/** Machines warm up in this time; latencies are taken after it. */
const WARM_UP_MS = 20_000;
/** Beyond the deadline of a task, so that each one can come to its end. */
const DRAIN_MARGIN_MS = 20_000;
const STATUS_INTERVAL_MS = 1_000;

export interface RunParts {
  readonly options: LauncherOptions;
  readonly session: Session;
  readonly locations: Locations;
  readonly system: System;
  readonly watch: Watch;
  readonly terminal: Terminal;
  readonly cacheDir: string;
}

/**
 * One run from start to end.
 * @param signal asks it to end.
 * @returns whether everything could be accounted for.
 */
export async function run(parts: RunParts, signal: AbortSignal): Promise<boolean> {
  const { options, session, watch, terminal } = parts;
  const startedAt = performance.now();
  const screen = new StartScreen(terminal, parts.locations.steps);
  const dashboard = roleUrl('dashboard', session.deployment);
  await startSystem(parts, screen, signal, () => {
    terminal.line(`  Dashboard: ${dashboard}`);
    if (options.open && hasDisplay(process.env, process.platform)) void openBrowser(dashboard);
  });
  screen.close();
  const readyAt = performance.now();
  watch.ledger.measureLatenciesFrom(Date.now() + WARM_UP_MS);
  terminal.line(`✔ Ready after ${((readyAt - startedAt) / 1000).toFixed(1)} s. ${howItEnds(options)}`);

  await showStatus(parts, durationOf(options, signal));
  const isUserStop = signal.aborted;
  const seconds = (performance.now() - readyAt) / 1000;
  if (options.duration === undefined && options.report === undefined) return true;

  terminal.live('Stopping the cameras');
  await watch.stopCameras();
  const deadlineMs = session.deployment.flink.deadlineSeconds * 1000;
  const isDrained = await drain(watch, {
    timeoutMs: deadlineMs + DRAIN_MARGIN_MS,
    // A Ctrl-C that ended the watching does not cut the drain; the next one ends everything.
    signal: isUserStop ? new AbortController().signal : signal,
    onProgress: (text) => terminal.live(text),
  });
  terminal.live('');
  const report = buildReport(watch.ledger, {
    seconds,
    cameras: session.deployment.cameras.list.length,
    frames: watch.frames,
    lag: await watch.lag().catch(() => ({})),
  });
  for (const line of describeReport(report)) terminal.line(line);
  if (options.report) writeReport(options.report, report);
  const { open } = watch.ledger;
  if (open > 0) terminal.line(`✖ ${open} detections could not be accounted for`);
  else if (!isDrained) terminal.line('✖ not everything was drained');
  return isDrained && open === 0;
}

function howItEnds({ duration }: LauncherOptions): string {
  return duration === undefined ? 'Ctrl-C stops everything.' : `It ends by itself after ${duration} s.`;
}

/** Aborts when it is time to stop. */
function durationOf({ duration }: LauncherOptions, signal: AbortSignal): AbortSignal {
  if (duration === undefined) return signal;
  return AbortSignal.any([signal, timeoutSignal(duration * 1000)]);
}

async function showStatus({ watch, terminal }: RunParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const line = await watch.statusLine(signal).catch(() => undefined);
    if (line !== undefined && !signal.aborted) terminal.live(line);
    await wait(STATUS_INTERVAL_MS, signal);
  }
}

/** Ends early, without an error, when the signal aborts. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

function writeReport(path: string, report: Report): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileWhole(path, `${JSON.stringify(report, undefined, 2)}\n`);
}
