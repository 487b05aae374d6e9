import type { Cause, Overall, StationId } from '../live/live-state.js';
import { h, type Child } from './dom.js';
import type { View } from './view.js';
import type { Word } from './words.js';

export const stationWord: Readonly<Record<StationId, Word>> = {
  cameras: 'stationCameras',
  detections: 'stationDetections',
  flink: 'stationFlink',
  scheduler: 'stationScheduler',
  results: 'stationResults',
};

/** The word for the state. */
export function titleWord({ state, lost }: View) {
  if (lost) return 'lost';
  return state.overall.state === 'not-judging' ? 'notJudging' : state.overall.state;
}

/** The state in one or a few words, such as "Not judging for 2 min 31 s". */
export function stateText({ state, now, lost, heardAt, t, format }: View): string {
  if (lost) return heardAt === null ? t('lost') : t('lostFor', format.duration(now - heardAt));
  const { state: name, since } = state.overall;
  switch (name) {
    case 'working':
      return t('working');
    case 'limited':
      return t('limited');
    case 'starting':
      return t('starting');
    case 'not-judging':
      return since === null ? t('notJudging') : t('notJudgingFor', format.duration(now - since));
  }
}

/** The sentence below the state: what is wrong, since when, what to do, when the next try is. */
export function whyText(view: View): Child[] {
  const { state, now, lost, heardAt, t, format } = view;
  if (lost) return [h('b', {}, t('notCurrent')), t('space'), lostText(view, heardAt)];
  const { overall } = state;
  switch (overall.state) {
    case 'starting':
      return [
        overall.since === null ? '' : t('startSoFar', format.duration(now - overall.since)) + t('space'),
        t('startUsual'),
      ];
    case 'working':
      return [
        overall.within === null ? t('quiet') : t('within', format.share(overall.within)),
        ...attention(view, overall),
      ];
    case 'limited':
      return spaced(
        view,
        overall.causes.slice(0, 2).map((cause) => causeText(view, cause)),
      );
    case 'not-judging':
      return [
        h('b', {}, t('watchYourself')),
        t('space'),
        ...spaced(
          view,
          overall.causes.slice(0, 1).map((cause) => causeText(view, cause)),
        ),
      ];
  }
}

const lostText = ({ t, format }: View, heardAt: number | null) =>
  heardAt === null ? t('neverConnected') : t('lostSince', format.clock(heardAt));

function attention({ t, format }: View, { attention: { cameras, keys } }: Overall): Child[] {
  const links: HTMLElement[] = [];
  if (cameras > 0)
    links.push(h('a', { href: '#wall' }, cameras === 1 ? t('oneCamera') : t('camerasCount', cameras)));
  if (keys > 0) links.push(h('a', { href: '#keys' }, keys === 1 ? t('oneKey') : t('keysCount', keys)));
  if (links.length === 0) return [];
  const [before = '', after = ''] = t('toLookAt', '\n').split('\n');
  const comma = format.list(['', '']);
  return [
    t('space'),
    before,
    ...links.flatMap((link, i): Child[] => (i === 0 ? [link] : [comma, link])),
    after,
  ];
}

function causeText(view: View, cause: Cause): Child {
  const { t, format, now } = view;
  const clock = (at: number | null) => (at === null ? '–' : format.moment(at, now));
  switch (cause.code) {
    case 'provider':
      return [
        t(
          /^\d{3}/.test(cause.answer) ? 'causeProvider' : 'causeProviderGone',
          cause.answer,
          clock(cause.since),
        ),
        cause.nextTryAt === null
          ? ''
          : t('space') +
            (cause.nextTryAt > now
              ? t('nextTry', format.duration(cause.nextTryAt - now + 999))
              : t('nextTryNow')),
      ];
    case 'no-key':
      return [
        t('causeNoKey') + t('space'),
        cause.until === null
          ? t('noKeyForGood')
          : t('noKeyUntil', format.duration(Math.max(0, cause.until - now) + 999)),
      ];
    case 'away':
      if (cause.peer === 'alerts') return t('causeAlertsAway', clock(cause.since));
      if (cause.peer === 'storage') return t('causeStorageAway', clock(cause.since));
      return t('causeAway', t(`peer_${cause.peer}`), clock(cause.since));
    case 'silent':
      return t('causeSilent', clock(cause.since));
    case 'flink':
      return t('causeFlink', cause.job);
    case 'no-camera':
      return t('causeNoCamera');
    case 'behind':
      return t('causeBehind', t(stationWord[cause.station]));
    case 'late':
      return t('causeLate', format.latency(cause.p95Ms));
    case 'failing':
      return [
        t('causeFailing', format.share(cause.share)),
        t('space'),
        h('a', { href: '#failures' }, t('seeFailures')),
      ];
  }
}

const spaced = ({ t }: View, parts: readonly Child[]): Child[] =>
  parts.flatMap((part, i) => (i === 0 ? [part] : [t('space'), part]));
