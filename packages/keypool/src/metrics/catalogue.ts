/** One metric, as data: dashboards, documents and adapters are made from it. */
export interface MetricSpec {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Histograms only: upper bounds, in the unit of the name. */
  readonly buckets?: readonly number[];
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

/** Every metric of a pool. `key` is a key's id, never a secret. */
export const metricCatalogue = {
  attempts: {
    name: 'keypool_attempts_total',
    type: 'counter',
    help: 'Tries of calls that have ended, by what the answer meant.',
    labels: ['key', 'quota_group', 'outcome'],
  },
  attemptSeconds: {
    name: 'keypool_attempt_seconds',
    type: 'histogram',
    help: 'From a key given to the answer.',
    labels: ['outcome'],
    buckets: seconds,
  },
  waitSeconds: {
    name: 'keypool_wait_seconds',
    type: 'histogram',
    help: 'From asking for a key to getting one.',
    labels: [],
    buckets: seconds,
  },
  refused: {
    name: 'keypool_refused_total',
    type: 'counter',
    help: 'Calls that were turned away without a key, by error code.',
    labels: ['code'],
  },
  waiting: { name: 'keypool_waiting', type: 'gauge', help: 'Calls that wait for a key.', labels: [] },
  inFlight: {
    name: 'keypool_in_flight',
    type: 'gauge',
    help: 'Calls that hold a key.',
    labels: ['key', 'quota_group'],
  },
  keyState: {
    name: 'keypool_key_state',
    type: 'gauge',
    help: '1 for the state the key is in, 0 for the others.',
    labels: ['key', 'quota_group', 'state'],
  },
  groupState: {
    name: 'keypool_group_state',
    type: 'gauge',
    help: '1 for the state the quota group is in, 0 for the others.',
    labels: ['quota_group', 'state'],
  },
  limitRemainingRatio: {
    name: 'keypool_limit_remaining_ratio',
    type: 'gauge',
    help: 'What is left of a limit right now, from 0 to 1.',
    labels: ['quota_group', 'dimension'],
  },
} as const satisfies Record<string, MetricSpec>;
