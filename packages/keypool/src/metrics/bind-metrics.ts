import type { KeyPool } from '../key-pool.js';
import type { Attempt } from '../outcome/outcome.js';
import type { KeyPoolSnapshot, KeyStatus, QuotaGroupStatus } from '../snapshot.js';
import { metricCatalogue, type MetricSpec } from './catalogue.js';

type Labels = Record<string, string>;
type SetGauge = (labels: Labels, value: number) => void;

/** The part of prom-client's classes that is used; the package itself is yours, this one has none. */
export interface PrometheusClient {
  Counter: new (options: MetricOptions) => { inc(labels: Labels, value?: number): void };
  Gauge: new (options: MetricOptions & { collect?: () => void }) => {
    set(labels: Labels, value: number): void;
    reset(): void;
  };
  Histogram: new (options: MetricOptions & { buckets?: number[] }) => {
    observe(labels: Labels, value: number): void;
  };
}

interface MetricOptions {
  name: string;
  help: string;
  labelNames: string[];
  registers?: never[];
}

export interface BindMetricsOptions {
  /** The module `prom-client`, or anything like it. */
  readonly client: PrometheusClient;
  /** The registry to put the metrics in. Default: the client's own. */
  readonly registry?: unknown;
}

const keyStates: readonly KeyStatus[] = [
  'available',
  'quarantined',
  'disabled',
  'draining',
  'cooling',
  'exhausted',
];
const groupStates: readonly QuotaGroupStatus[] = ['ready', 'cooling', 'exhausted'];

/**
 * Feeds a Prometheus registry from a pool, or from several by name, told apart by the label `pool`. Returns
 * the function that ends it.
 */
export function bindMetrics(
  pools: KeyPool | ReadonlyMap<string, KeyPool>,
  { client, registry }: BindMetricsOptions,
): () => void {
  const several = pools instanceof Map;
  const named: readonly [Labels, KeyPool][] = several
    ? [...pools].map(([pool, it]) => [{ pool }, it])
    : [[{}, pools as KeyPool]];
  const optionsOf = (spec: MetricSpec): MetricOptions => ({
    name: spec.name,
    help: spec.help,
    labelNames: [...(several ? ['pool'] : []), ...spec.labels],
    ...(registry === undefined ? {} : { registers: [registry as never] }),
  });
  const gauge = (spec: MetricSpec, read: (snapshot: KeyPoolSnapshot, set: SetGauge) => void) => {
    const made = new client.Gauge({
      ...optionsOf(spec),
      collect: () => {
        // Keys come and go; what is not set anew must not stay.
        made.reset();
        if (!bound) return;
        for (const [own, pool] of named)
          read(pool.snapshot(), (labels, value) => made.set({ ...own, ...labels }, value));
      },
    });
  };
  const histogram = (spec: MetricSpec & { readonly buckets: readonly number[] }) =>
    new client.Histogram({ ...optionsOf(spec), buckets: [...spec.buckets] });

  let bound = true;
  gauge(metricCatalogue.waiting, ({ waiting }, set) => set({}, waiting));
  gauge(metricCatalogue.inFlight, ({ keys }, set) => {
    for (const { id, quotaGroup, inFlight } of keys) set({ key: id, quota_group: quotaGroup }, inFlight);
  });
  gauge(metricCatalogue.keyState, ({ keys }, set) => {
    for (const { id, quotaGroup, state: actual } of keys) {
      for (const state of keyStates)
        set({ key: id, quota_group: quotaGroup, state }, state === actual ? 1 : 0);
    }
  });
  gauge(metricCatalogue.groupState, ({ quotaGroups }, set) => {
    for (const { id, state: actual } of quotaGroups) {
      for (const state of groupStates) set({ quota_group: id, state }, state === actual ? 1 : 0);
    }
  });
  gauge(metricCatalogue.limitRemainingRatio, ({ quotaGroups }, set) => {
    for (const { id, limits } of quotaGroups) {
      for (const { dimension, limit, remaining } of limits) {
        set({ quota_group: id, dimension }, Math.min(1, remaining / limit));
      }
    }
  });

  const attempts = new client.Counter(optionsOf(metricCatalogue.attempts));
  const attemptSeconds = histogram(metricCatalogue.attemptSeconds);
  const waitSeconds = histogram(metricCatalogue.waitSeconds);
  const refused = new client.Counter(optionsOf(metricCatalogue.refused));
  const unbind = named.map(([own, pool]) => {
    const onAttempt = ({ keyId, quotaGroup, outcome, ms }: Attempt) => {
      attempts.inc({ ...own, key: keyId, quota_group: quotaGroup, outcome }, 1);
      attemptSeconds.observe({ ...own, outcome }, ms / 1000);
    };
    const onAdmitted = ({ waitMs }: { waitMs: number }) => waitSeconds.observe(own, waitMs / 1000);
    const onRefused = ({ code }: { code: string }) => refused.inc({ ...own, code }, 1);
    pool.on('attempt', onAttempt).on('admitted', onAdmitted).on('refused', onRefused);
    return () => void pool.off('attempt', onAttempt).off('admitted', onAdmitted).off('refused', onRefused);
  });
  return () => {
    bound = false;
    for (const end of unbind) end();
  };
}
