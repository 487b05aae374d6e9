import type { KeysView, KeyView, LimitView, QuotaGroupView } from '../live/live-state.js';
import { byId, h, svg, update, type Child } from './dom.js';
import { healthMark, unknownNumber, type Mark } from './icons.js';
import type { View } from './view.js';
import { isWord, type Word } from './words.js';

const columns: readonly Word[] = ['quotaGroup', 'left', 'key', 'state', 'share', 'calls', 'refused'];
/** From here on a limit is told as a share; the numbers are in its title. */
const LARGE_LIMIT = 10_000;

const marks: Readonly<Record<KeyView['state'] | QuotaGroupView['state'], Mark>> = {
  available: 'well',
  ready: 'well',
  cooling: 'cooling',
  exhausted: 'exhausted',
  quarantined: 'quarantined',
  disabled: 'disabled',
  draining: 'draining',
};

/** Quota groups and their keys: what is left, who does the work, who was refused. Never a secret. */
export function drawKeys(view: View): void {
  const { state, t } = view;
  const { keys } = state;
  update(
    byId('keys-note'),
    keys ? noteText(view, keys) : t(state.vitals.waiting === null ? 'schedulerSilent' : 'keysClosed'),
  );
  update(
    byId('keys-head'),
    columns.map((word) => h('th', { scope: 'col' }, t(word))),
  );
  const table = byId('keys-table');
  const head = table.querySelector('thead');
  if (!keys) {
    update(
      table,
      head,
      h(
        'tbody',
        {},
        h(
          'tr',
          {},
          h(
            'td',
            { class: 'unknown hatched', colspan: columns.length },
            unknownNumber(t),
            ' ',
            t('noDataYet'),
          ),
        ),
      ),
    );
    return;
  }
  const all = keys.quotaGroups.flatMap((quotaGroup) => quotaGroup.keys);
  const scale = {
    share: Math.max(0, ...all.map(({ share }) => share ?? 0)),
    calls: Math.max(1, ...all.flatMap(({ perMinute }) => perMinute ?? [])),
  };
  update(
    table,
    head,
    keys.quotaGroups.map((quotaGroup) =>
      h(
        'tbody',
        { 'data-key': quotaGroup.id, class: quotaGroup.keys.length === 1 ? 'alone' : null },
        quotaGroup.keys.map((key, i) => row(view, quotaGroup, key, i === 0, scale)),
      ),
    ),
  );
}

function noteText({ t }: View, { available, total, strategy, providerAnswer }: KeysView): string {
  if (providerAnswer !== null)
    return `${t('keysProvider', providerAnswer)} · ${t('availableNow', available, total)}`;
  return [t('keysAvailable', available, total), strategy, t('last60')].filter(Boolean).join(' · ');
}

function row(
  view: View,
  quotaGroup: QuotaGroupView,
  key: KeyView,
  first: boolean,
  scale: { share: number; calls: number },
): HTMLElement {
  const { t, format } = view;
  const span = quotaGroup.keys.length;
  return h(
    'tr',
    { 'data-key': key.id },
    first
      ? [
          h(
            'th',
            { class: 'qg', scope: 'rowgroup', rowspan: span },
            h('b', { title: quotaGroup.id }, quotaGroup.id),
            groupHealth(view, quotaGroup),
          ),
          h('td', { class: 'lim', rowspan: span }, limits(view, quotaGroup.limits, span)),
        ]
      : null,
    h('th', { scope: 'row', class: 'kid', title: key.id }, key.id),
    h('td', { class: 'st' }, keyHealth(view, key)),
    h(
      'td',
      { class: 'shr' },
      h(
        'div',
        { class: 'share' },
        key.share === null
          ? h('span', { class: 'meter hatched' })
          : meter(scale.share === 0 ? 0 : key.share / scale.share),
        key.share === null
          ? h('span', { class: 'nodata', title: t('noCallsToShare') }, '–')
          : h('span', {}, format.share(key.share)),
      ),
    ),
    h(
      'td',
      { class: 'cls' },
      h(
        'div',
        { class: 'calls' },
        h('span', {}, key.perMinute ? spark(key.perMinute, scale.calls) : null),
        h('span', {}, key.calls === null ? unknownNumber(t) : format.whole(key.calls)),
      ),
    ),
    h(
      'td',
      { class: key.refused ? 'ref refused some' : 'ref refused', 'data-label': t('refused') },
      key.refused ? `${format.whole(key.refused.count)} × ${key.refused.answer}` : '0',
    ),
  );
}

function groupHealth({ now, t, format }: View, { state, until, reason, keys }: QuotaGroupView): HTMLElement {
  const parts = [
    [t(state), state !== 'ready' && until !== null ? t('until', format.moment(until, now)) : '']
      .filter(Boolean)
      .join(' '),
    state === 'ready' ? '' : (reason ?? ''),
  ];
  const text = parts.filter(Boolean).join(' · ');
  // The group of one key says the rest beside its key.
  return healthMark(marks[state], keys.length === 1 ? t(state) : text, { title: text });
}

function keyHealth(view: View, key: KeyView): HTMLElement {
  const { now, t, format } = view;
  const { state, reason, since, until, inFlight } = key;
  const why =
    state === 'available'
      ? inFlight > 0
        ? t('inUse', inFlight)
        : ''
      : state === 'cooling' && until !== null
        ? t('timeLeft', format.duration(Math.max(0, until - now) + 999))
        : since !== null && reason !== null
          ? t('reasonSince', reason, format.minute(since))
          : (reason ?? '');
  const text = [t(state), why].filter(Boolean).join(' · ');
  return healthMark(marks[state], text, { title: text });
}

/** As many limits as there is room for, those with nothing left first; all of them in the title. */
function limits(view: View, all: readonly LimitView[], room: number): Child {
  const title = all.map((limit) => `${limitName(view, limit)}: ${amount(view, limit)}`).join('\n');
  return [...all]
    .sort((a, b) => Number(left(b) === 0) - Number(left(a) === 0))
    .slice(0, Math.min(2, room))
    .map((limit) =>
      h(
        'div',
        { class: 'limit', title },
        h('span', {}, limitName(view, limit)),
        meter(left(limit), left(limit) === 0),
        h(
          'span',
          {},
          limit.limit >= LARGE_LIMIT ? view.format.share(left(limit)).replace('.0', '') : amount(view, limit),
        ),
      ),
    );
}

const left = ({ limit, remaining }: LimitView) =>
  limit === 0 ? 0 : Math.min(1, Math.max(0, Math.floor(remaining)) / limit);

const limitName = ({ t }: View, { dimension }: LimitView) => (isWord(dimension) ? t(dimension) : dimension);

const amount = ({ format }: View, { limit, remaining }: LimitView) =>
  `${format.whole(Math.max(0, Math.floor(remaining)))} / ${format.whole(limit)}`;

const meter = (share: number, empty = false) =>
  h('span', { class: empty ? 'meter empty' : 'meter' }, h('i', { style: `width: ${share * 100}%` }));

/** Calls of the last 15 minutes; all keys share one scale. */
function spark(perMinute: readonly number[], max: number): SVGElement {
  const points = perMinute.map(
    (calls, i) =>
      `${((i / (perMinute.length - 1)) * 86 + 1).toFixed(1)} ${(17 - (calls / max) * 15).toFixed(1)}`,
  );
  return svg(
    'svg',
    { viewBox: '0 0 88 18', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('path', { class: 'base', d: 'M1 17.5H87' }),
    svg('path', { class: 'spark', d: `M${points.join('L')}` }),
  );
}
