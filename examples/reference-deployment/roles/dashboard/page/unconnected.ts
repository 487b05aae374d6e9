import type { Sections, Station, StationId } from '../live/live-state.js';

const station = (id: StationId): Station => ({
  id,
  health: 'waiting',
  cause: false,
  perSecond: null,
  note: { code: 'no-data' },
});

/** What is known before the first message: nothing. */
export const unconnected: Sections = {
  site: '',
  start: null,
  overall: {
    state: 'starting',
    since: null,
    causes: [],
    within: null,
    attention: { cameras: 0, keys: 0 },
  },
  vitals: { cameras: null, assessments: null, waiting: null, endToEnd: null, lastSuccessAt: null },
  cameras: [],
  order: [],
  alerts: null,
  alertsAway: true,
  pipeline: (['cameras', 'detections', 'flink', 'scheduler', 'results'] as const).map(station),
  keys: null,
  latency: null,
  failures: null,
};
