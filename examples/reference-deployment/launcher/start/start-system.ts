import { ensureTopics } from '@riskwatch/kafka-adapter';
import type { RunParts } from '../run.js';
import type { ServiceId } from '../processes/service.js';
import { withAssets } from './assets.js';
import { runPlan, type PlannedStep } from './run-plan.js';
import { writeDeployment } from './session.js';
import type { StartScreen } from './start-screen.js';
import { startSteps, StepTracker, type StepId } from './start-steps.js';
import { topicSpecs } from './topic-specs.js';
import { waitUntilReady } from './wait-until-ready.js';

/** A cold Flink on a busy machine is the slowest. */
const READY_TIMEOUT_MS = 120_000;

/**
 * Starts everything in the order that it needs and waits until each part really works.
 * @throws what the first step that failed says, or the reason of `signal`.
 */
export async function startSystem(
  parts: RunParts,
  screen: StartScreen,
  signal: AbortSignal,
  onDashboard: () => void,
): Promise<void> {
  const { system, watch, locations, cacheDir } = parts;
  let deployment = parts.session.deployment;
  const planned: PlannedStep<StepId>[] = [];
  const plan = (
    id: StepId,
    after: readonly StepId[],
    work: (signal: AbortSignal, detail: (text: string) => void) => Promise<void>,
  ) => {
    // What this run does not have (a broker or a provider of somebody else's) is not waited for either.
    const needs = after.filter((needed) => planned.some((step) => step.id === needed));
    const run = (stopped: AbortSignal) => tracker.run(id, (detail) => work(stopped, detail));
    planned.push({ id, after: needs, run });
  };
  const service =
    (id: ServiceId & StepId, onStarted = () => {}) =>
    async (stopped: AbortSignal, detail: (text: string) => void) => {
      const { reasons } = await system.start(id, stopped, detail);
      onStarted();
      await waitUntilReady(startSteps[id].en, reasons, {
        signal: stopped,
        timeoutMs: READY_TIMEOUT_MS,
        onReasons: detail,
      });
    };

  plan('dashboard', [], service('dashboard', onDashboard));
  plan('assets', [], async (stopped, onProgress) => {
    deployment = await withAssets(deployment, { cacheDir, signal: stopped, onProgress });
    writeDeployment(deployment, locations);
  });
  if (system.has('kafka')) plan('kafka', [], service('kafka'));
  plan('topics', ['kafka'], async (stopped) => {
    const reports = await ensureTopics(topicSpecs(deployment.kafka.topics), {
      connection: watch.connection,
      signal: stopped,
    });
    for (const { name, differences } of reports) {
      for (const { what, wanted, found } of differences) {
        parts.terminal.line(`! ${name}: ${what} is ${found}, not ${wanted}; left as it is`);
      }
    }
    await watch.begin();
  });
  if (system.has('provider')) plan('provider', [], service('provider'));
  plan('scheduler', ['topics', 'provider'], service('scheduler'));
  plan('flink', ['topics'], service('flink'));
  plan('storage', ['topics'], service('storage'));
  plan('alerts', ['topics'], service('alerts'));
  plan('camera', ['assets', 'dashboard', 'scheduler', 'flink', 'storage', 'alerts'], service('camera'));

  const shown = planned.map(({ id }) => id);
  const order = Object.keys(startSteps) as StepId[];
  const tracker = new StepTracker(
    order.filter((id) => shown.includes(id)),
    screen.show,
  );
  await runPlan(planned, signal);
}
