import type { Station, StationHealth, StationId, StationNote } from '../live/live-state.js';
import { byId, h, update } from './dom.js';
import { healthMark, unknownNumber, type Mark } from './icons.js';
import { stationWord } from './sentences.js';
import type { View } from './view.js';
import type { Word } from './words.js';

const looks: Readonly<Record<StationHealth, { mark: Mark; word: Word }>> = {
  well: { mark: 'well', word: 'healthWell' },
  behind: { mark: 'behind', word: 'healthBehind' },
  'held-back': { mark: 'behind', word: 'healthHeldBack' },
  down: { mark: 'down', word: 'healthDown' },
  away: { mark: 'down', word: 'healthAway' },
  starting: { mark: 'wait', word: 'healthStarting' },
  waiting: { mark: 'wait', word: 'healthWaiting' },
};
const units: Readonly<Record<StationId, Word>> = {
  cameras: 'unitCameras',
  detections: 'unitDetections',
  flink: 'unitFlink',
  scheduler: 'unitScheduler',
  results: 'unitResults',
};
const quiet = new Set<StationHealth>(['well', 'starting', 'waiting']);

/** The five stations: rate, what waits, and which one is the cause. */
export function drawPipeline(view: View): void {
  const { state, t } = view;
  const stopped = state.overall.state === 'not-judging';
  update(byId('pipe-note'), t(stopped ? 'pipelineStopped' : 'pipelineNote'));
  update(
    byId('pipe'),
    state.pipeline.map((station) => stationBox(view, station)),
  );
}

function stationBox(view: View, { id, health, cause, perSecond, note }: Station): HTMLElement {
  const { t, format } = view;
  const look = looks[health];
  const classes = ['station', !quiet.has(health) && 'bad', cause && 'cause', health === 'away' && 'hatched'];
  return h(
    'li',
    { class: classes.filter(Boolean).join(' '), 'data-station': id, 'data-health': health },
    h('div', { class: 'nm' }, h('span', {}, t(stationWord[id])), healthMark(look.mark, t(look.word))),
    h(
      'div',
      { class: 'rate' },
      perSecond === null ? unknownNumber(t) : format.rate(perSecond),
      ' ',
      h('small', {}, t(perSecond === null ? 'noDataYet' : units[id])),
    ),
    h('div', { class: 'lag' }, noteText(view, note)),
  );
}

function noteText({ now, t, format }: View, note: StationNote): string {
  switch (note.code) {
    case 'live':
      return t('noteLive', note.live, note.total);
    case 'lag': {
      const records = note.records === 1 ? t('oneRecord') : t('records', format.whole(note.records));
      return note.seconds === null
        ? t('noteLagOnly', records)
        : t('noteLag', records, format.wait(note.seconds));
    }
    case 'in-flight':
      return [
        note.inFlight === null ? null : t('inFlight', format.whole(note.inFlight)),
        note.savedAt === null ? null : t('saved', format.ago(now - note.savedAt)),
      ]
        .filter(Boolean)
        .join(' · ');
    case 'job':
      return t('noteJob', note.job);
    case 'waiting':
      return t('noteWaiting', format.whole(note.waiting), format.wait(note.longestMs / 1_000));
    case 'provider':
      return t('noteProvider', note.answer);
    case 'no-key':
      return t('noteNoKey');
    case 'slowest':
      return note.failuresOnly
        ? t('noteFailuresOnly', format.whole(note.records))
        : t('noteSlowest', format.whole(note.records), t(`peer_${note.reader}`));
    case 'away':
      return note.since === null ? '' : t('since', format.moment(note.since, now));
    case 'no-data':
      return '';
  }
}
