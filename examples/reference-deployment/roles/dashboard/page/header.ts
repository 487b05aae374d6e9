import { GOAL_MS } from '../live/live-state.js';
import { byId, h, update, type Child } from './dom.js';
import { mark, unknownNumber, type Mark } from './icons.js';
import { stateText, titleWord, whyText } from './sentences.js';
import type { View } from './view.js';

/** The ruler under the quantiles ends here. */
const RULER_MS = 1.5 * GOAL_MS;

/** The header: the state in words and the numbers that carry it. */
export function drawHeader(view: View): void {
  const { state, now, t, format } = view;
  const look = stateLook(view);
  const box = byId('state');
  box.className = `state ${look.look}`.trim();
  update(
    box,
    h('span', { class: 'mark' }, mark(look.mark)),
    h(
      'div',
      {},
      h('div', { class: 'brand' }, h('b', {}, 'riskwatch'), h('span', { class: 'site' }, ` · ${state.site}`)),
      h('h1', {}, stateText(view)),
    ),
    h('p', { class: 'why' }, whyText(view)),
  );
  const why = box.querySelector('.why');
  if (why)
    box.classList.toggle(
      'long',
      why.clientHeight > 1.6 * Number.parseFloat(getComputedStyle(why).lineHeight),
    );
  update(byId('v-cameras'), camerasVital(view));
  update(byId('v-rate'), rateVital(view));
  update(byId('v-late'), latencyVital(view));
  const time = byId<HTMLTimeElement>('now');
  update(time, format.clock(now));
  time.dateTime = new Date(now).toISOString();
  update(byId('day'), format.day(now));
  document.title = `${t(titleWord(view))} · riskwatch`;
}

function stateLook({ state, lost }: View): { look: string; mark: Mark } {
  if (lost) return { look: 'bad', mark: 'down' };
  switch (state.overall.state) {
    case 'working':
      return { look: '', mark: 'well' };
    case 'limited':
      return { look: 'limited', mark: 'behind' };
    case 'not-judging':
      return { look: 'bad', mark: 'down' };
    case 'starting':
      return { look: 'wait', mark: 'wait' };
  }
}

function camerasVital({ state, t }: View): Child[] {
  const { cameras } = state.vitals;
  const starting = state.overall.state === 'starting';
  const parts = cameras
    ? [
        ...(cameras.stale ? [t('staleCount', cameras.stale)] : []),
        ...(cameras.offline ? [t('offlineCount', cameras.offline)] : []),
      ]
    : [];
  return [
    h('dt', {}, t('camerasLive')),
    h(
      'dd',
      { class: 'big' },
      cameras ? [String(cameras.live), h('small', {}, `/ ${cameras.total}`)] : unknownNumber(t),
    ),
    h(
      'dd',
      { class: 'sub' },
      !cameras
        ? t('noDataYet')
        : starting && cameras.live === 0
          ? t('connecting')
          : parts.length > 0
            ? parts.join(' · ')
            : t('allLive'),
    ),
  ];
}

function rateVital({ state, lost, heardAt, t, format }: View): Child[] {
  const { assessments, waiting } = state.vitals;
  const succeeded = assessments && assessments.perSecond - assessments.failedPerSecond;
  const failing = assessments && assessments.failedPerSecond >= 0.05;
  const waits = waiting === null ? null : t('waitingCount', format.whole(waiting));
  const sub: Child =
    lost && heardAt !== null
      ? t('asOf', format.clock(heardAt))
      : !assessments
        ? t('noDataYet')
        : [
            failing
              ? h('b', { class: 'flag' }, t('failRate', format.rate(assessments.failedPerSecond)))
              : (waits ?? ''),
            ' · ',
            failing
              ? (waits ?? t('noDataYet'))
              : assessments.shed > 0
                ? t('shedCount', format.whole(assessments.shed))
                : t('noneShed'),
          ];
  return [
    h('dt', {}, t('assessments')),
    h(
      'dd',
      { class: 'big' },
      succeeded === null
        ? unknownNumber(t)
        : [format.rate(Math.max(0, succeeded)), h('small', {}, t('perSecond'))],
    ),
    h('dd', { class: 'sub' }, sub),
  ];
}

function latencyVital({ state, now, t, format }: View): Child[] {
  const { endToEnd, lastSuccessAt } = state.vitals;
  const quantiles = (['p50', 'p95', 'p99'] as const).map((name) => ({ name, ms: endToEnd?.[name] }));
  const position = (ms: number) => `${Math.min(100, (ms / RULER_MS) * 100)}%`;
  return [
    h('dt', {}, `${t('endToEnd')} · ${t('goal')}`),
    h(
      'dd',
      { class: 'e2e' },
      quantiles.map(({ name, ms }) =>
        h(
          'span',
          { class: 'big' },
          h('span', { class: 'lbl' }, name),
          ms === undefined ? unknownNumber(t) : [format.latencySeconds(ms), h('small', {}, t('second'))],
        ),
      ),
    ),
    endToEnd
      ? h(
          'dd',
          { class: 'ruler', 'aria-hidden': 'true' },
          h('i'),
          h('i', { class: 'in', style: `width: ${position(GOAL_MS)}` }),
          h('u', { style: `left: ${position(GOAL_MS)}` }),
          quantiles.map(({ ms = 0 }) =>
            h('b', { class: ms > GOAL_MS ? 'over' : null, style: `left: ${position(ms)}` }),
          ),
        )
      : h(
          'dd',
          { class: 'sub' },
          lastSuccessAt === null ? t('noDataYet') : t('noSuccessSince', format.moment(lastSuccessAt, now)),
        ),
  ];
}
