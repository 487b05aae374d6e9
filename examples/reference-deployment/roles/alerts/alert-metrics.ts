import { Counter, Gauge, type Registry } from 'prom-client';
import type { DeliveryOutcome } from './dispatcher.js';
import type { DeliveryQueue } from './delivery-queue.js';

/** What the alerts role counts; docs/operations.md explains each. */
export function createAlertMetrics(
  registry: Registry,
  { queue, listeners, now }: { queue: DeliveryQueue; listeners: () => number; now: () => number },
) {
  const registers = [registry];
  const oldest = new Gauge({
    name: 'riskwatch_alert_oldest_pending_seconds',
    help: 'Age of the oldest alert that a channel has not acknowledged yet',
    labelNames: ['channel'],
    registers,
  });
  new Gauge({
    name: 'riskwatch_alert_deliveries_pending',
    help: 'Alerts that a channel has not acknowledged yet',
    labelNames: ['channel'],
    registers,
    async collect() {
      // Without the database the last known values stand; its health says why.
      const backlog = await queue.backlog().catch(() => undefined);
      if (!backlog) return;
      this.reset();
      oldest.reset();
      for (const { channel, pending: count, oldestRaisedAt } of backlog) {
        this.set({ channel }, count);
        oldest.set({ channel }, Math.max(0, now() - oldestRaisedAt.getTime()) / 1_000);
      }
    },
  });
  new Gauge({
    name: 'riskwatch_alert_listeners',
    help: 'Programs that listen to alert events',
    registers,
    collect() {
      this.set(listeners());
    },
  });
  const raised = new Counter({
    name: 'riskwatch_alerts_raised_total',
    help: 'Alerts raised, once per task',
    labelNames: ['level'],
    registers,
  });
  const results = new Counter({
    name: 'riskwatch_alert_results_total',
    help: 'Results consumed, by what came of them',
    labelNames: ['outcome'],
    registers,
  });
  const deliveries = new Counter({
    name: 'riskwatch_alert_deliveries_total',
    help: 'Attempts to deliver an alert, by channel and how they ended',
    labelNames: ['channel', 'outcome'],
    registers,
  });
  return {
    onResult: (outcome: 'raised' | 'quiet' | 'repeat' | 'redelivered') => results.inc({ outcome }),
    onRaised: (level: string) => raised.inc({ level }),
    onDelivery: (channel: string, outcome: DeliveryOutcome) => deliveries.inc({ channel, outcome }),
  };
}
