/**
 * What the server tells the page. It holds no words of any language: states and causes are codes, and the page
 * puts them into the reader's language. Times are epoch milliseconds of the server's clock. `null` always means
 * "not known" and is drawn hatched; a zero is a real zero.
 */

export const levels = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof levels)[number];

/** Pixels of the original frame. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Another process that the dashboard reads from. */
export type Peer = 'camera' | 'scheduler' | 'storage' | 'alerts' | 'flink' | 'kafka';

export interface FrameView {
  readonly sequence: number;
  readonly at: number;
  readonly width: number;
  readonly height: number;
  readonly people: readonly Box[];
  readonly groups: readonly { readonly box: Box; readonly peopleCount: number }[];
}

export type CameraState = 'live' | 'stale' | 'offline' | 'unknown';

export interface CameraView {
  readonly id: string;
  /** Its fixed place in the strip under the wall, from 1. */
  readonly number: number;
  readonly name: string;
  readonly state: CameraState;
  readonly since: number | null;
  /** The camera role's own word for what is wrong. */
  readonly reason: string | null;
  readonly frame: FrameView | null;
  readonly level: Level | null;
  /** When the newest judgement was published; the age that is shown. */
  readonly judgedAt: number | null;
  /** From this moment on the level is only the last known one. */
  readonly freshUntil: number | null;
  /** The newest picture holds nobody, so there is nothing to judge. */
  readonly nobody: boolean;
  /** The model's words on the worst group. */
  readonly says: string | null;
}

export interface AlertView {
  readonly taskId: string;
  readonly cameraId: string;
  readonly level: Level;
  readonly description: string;
  readonly hazards: readonly string[];
  readonly confidence: number | null;
  readonly capturedAt: number;
  readonly raisedAt: number;
  readonly rule: string;
  /** Hash of the judged picture, where there is one. */
  readonly evidence: string | null;
  readonly peopleCount: number | null;
  readonly acknowledged: { readonly at: number; readonly by: string } | null;
}

export type Cause =
  | {
      readonly code: 'provider';
      readonly answer: string;
      readonly since: number | null;
      readonly nextTryAt: number | null;
    }
  | { readonly code: 'no-key'; readonly until: number | null }
  | { readonly code: 'away'; readonly peer: Peer; readonly since: number | null }
  | { readonly code: 'silent'; readonly since: number | null }
  | { readonly code: 'flink'; readonly job: string }
  | { readonly code: 'no-camera' }
  | { readonly code: 'behind'; readonly station: StationId }
  | { readonly code: 'late'; readonly p95Ms: number }
  | { readonly code: 'failing'; readonly share: number };

export interface Overall {
  readonly state: 'working' | 'limited' | 'not-judging' | 'starting';
  /** When the state began, as far as that is known. */
  readonly since: number | null;
  /** Worst first; empty while working. */
  readonly causes: readonly Cause[];
  /** Share of the last minute's results that succeeded within the goal. */
  readonly within: number | null;
  /** What a person should look at although the system works. */
  readonly attention: { readonly cameras: number; readonly keys: number };
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Vitals {
  readonly cameras: {
    readonly live: number;
    readonly total: number;
    readonly stale: number;
    readonly offline: number;
  } | null;
  readonly assessments: {
    /** Succeeded and failed results per second. */
    readonly perSecond: number;
    readonly failedPerSecond: number;
    /** Turned away in the last minute because the waiting line was full. */
    readonly shed: number;
  } | null;
  readonly waiting: number | null;
  /** Capture to publication over the last minute's successes, milliseconds. */
  readonly endToEnd: Quantiles | null;
  readonly lastSuccessAt: number | null;
}

export type StationId = 'cameras' | 'detections' | 'flink' | 'scheduler' | 'results';
/** `away`: the process behind the station does not answer, so nothing is known about it. */
export type StationHealth = 'well' | 'behind' | 'held-back' | 'down' | 'away' | 'starting' | 'waiting';

export type StationNote =
  | { readonly code: 'live'; readonly live: number; readonly total: number }
  | { readonly code: 'lag'; readonly records: number; readonly seconds: number | null }
  | { readonly code: 'in-flight'; readonly inFlight: number | null; readonly savedAt: number | null }
  | { readonly code: 'job'; readonly job: string }
  | { readonly code: 'waiting'; readonly waiting: number; readonly longestMs: number }
  | { readonly code: 'provider'; readonly answer: string }
  | { readonly code: 'no-key' }
  | {
      readonly code: 'slowest';
      readonly records: number;
      readonly reader: Peer;
      readonly failuresOnly: boolean;
    }
  | { readonly code: 'away'; readonly since: number | null }
  | { readonly code: 'no-data' };

export interface Station {
  readonly id: StationId;
  readonly health: StationHealth;
  /** What holds the others up: it gets the double border. */
  readonly cause: boolean;
  readonly perSecond: number | null;
  readonly note: StationNote;
}

export interface LimitView {
  readonly dimension: string;
  /** The window, where it is one of seconds. */
  readonly perSeconds?: number | undefined;
  readonly limit: number;
  readonly remaining: number;
}

export type KeyState = 'available' | 'quarantined' | 'disabled' | 'draining' | 'cooling' | 'exhausted';

export interface KeyView {
  readonly id: string;
  readonly state: KeyState;
  readonly reason: string | null;
  readonly since: number | null;
  readonly until: number | null;
  readonly inFlight: number;
  /** Calls of the last 60 s; `null` until the results have been read. */
  readonly calls: number | null;
  /** Its part of all calls of the last 60 s; `null` when there were none. */
  readonly share: number | null;
  /** Calls in each of the last 15 minutes, oldest first. */
  readonly perMinute: readonly number[] | null;
  /** The most frequent refusal of the last 15 minutes; `null` when there was none. */
  readonly refused: { readonly count: number; readonly answer: string } | null;
}

export interface QuotaGroupView {
  readonly id: string;
  readonly state: 'ready' | 'cooling' | 'exhausted';
  readonly since: number | null;
  readonly until: number | null;
  readonly reason: string | null;
  readonly limits: readonly LimitView[];
  readonly keys: readonly KeyView[];
}

export interface KeysView {
  readonly available: number;
  readonly total: number;
  readonly strategy: string | null;
  /** What the provider itself answers while it fails: then no key is blamed. */
  readonly providerAnswer: string | null;
  readonly quotaGroups: readonly QuotaGroupView[];
}

export interface LatencyView {
  /** Start of the first step. */
  readonly from: number;
  readonly stepMs: number;
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  /** How long p95 was over the goal. */
  readonly overMs: number;
}

export interface FailuresView {
  readonly failed: number;
  readonly total: number;
  readonly reasons: Readonly<Record<string, number>>;
}

export interface StartStep {
  readonly id: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly detail: { readonly en: string; readonly zh: string } | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export interface StartView {
  readonly startedAt: number;
  readonly steps: readonly StartStep[];
}

export interface Sections {
  readonly site: string;
  /** The steps of a start that is still going on. */
  readonly start: StartView | null;
  readonly overall: Overall;
  readonly vitals: Vitals;
  readonly cameras: readonly CameraView[];
  /** Camera ids as the wall shows them. */
  readonly order: readonly string[];
  /** Newest first; `null` until the alerts role has answered once. */
  readonly alerts: readonly AlertView[] | null;
  /** Why acknowledging is off. */
  readonly alertsAway: boolean;
  readonly pipeline: readonly Station[];
  /** `null` while the scheduler does not answer. */
  readonly keys: KeysView | null;
  readonly latency: LatencyView | null;
  readonly failures: FailuresView | null;
}

/** One message of `/v1/live`. A `full` one replaces everything; others replace the sections they name. */
export type LiveMessage = { readonly serverTime: number; readonly full?: true } & Partial<Sections> & {
    /** Cameras to put in the place of those with the same id. */
    readonly changedCameras?: readonly CameraView[];
    /** Alerts to put in the place of those with the same task id, or to add. */
    readonly changedAlerts?: readonly AlertView[];
  };

/** From capture to publication, milliseconds. */
export const GOAL_MS = 2_000;
/** Alerts that the server holds and the page lists. */
export const MAX_ALERTS = 200;
