import { byId, h, update } from './dom.js';
import { unknownNumber } from './icons.js';
import type { View } from './view.js';
import { isWord, type Word } from './words.js';

const reasons: Readonly<Record<string, Word>> = {
  deadline_exceeded: 'deadline_exceeded',
  provider_unavailable: 'provider_unavailable',
  invalid_output: 'invalid_output',
  refused: 'refused_by_model',
  queue_full: 'queue_full',
  no_usable_key: 'no_usable_key',
  image_rejected: 'image_rejected',
  request_rejected: 'request_rejected',
  internal: 'internal',
};
/** Reasons with a bar; the rest is told in one line. */
const MAX_BARS = 3;
/** A reason that is this share of all results is part of what is wrong now. */
const BAD_SHARE = 0.01;

/** What failed in the last 15 minutes, by reason in people's words. */
export function drawFailures(view: View): void {
  const { state, t, format } = view;
  const { failures } = state;
  if (!failures || failures.total === 0) {
    update(
      byId('fails'),
      h(
        'div',
        { class: 'sum' },
        h('span', { class: 'figure' }, unknownNumber(t)),
        h('span', {}, t('noDataYet')),
      ),
      h('p', { class: 'zero' }, t('failuresLater')),
    );
    return;
  }
  const { failed, total } = failures;
  const word = (code: string) => {
    const known = reasons[code];
    return known ? t(known) : isWord(code) ? t(code) : code;
  };
  const happened = Object.entries(failures.reasons).sort(([, a], [, b]) => b - a);
  const bars = happened.slice(0, MAX_BARS);
  const more = happened.slice(MAX_BARS).map(([code, count]) => `${word(code)} ${format.whole(count)}. `);
  const never = Object.keys(reasons).filter((code) => !(code in failures.reasons));
  const most = bars[0]?.[1] ?? 1;
  update(
    byId('fails'),
    h(
      'div',
      { class: 'sum' },
      h('span', { class: 'figure' }, format.whole(failed)),
      h('span', {}, t('ofResults', format.whole(total), format.share(failed / total))),
    ),
    h(
      'ol',
      {},
      bars.map(([code, count]) =>
        h(
          'li',
          { class: count / total > BAD_SHARE ? 'bad' : null, title: code },
          h('span', {}, word(code)),
          h('span', { class: 'meter' }, h('i', { style: `width: ${(count / most) * 100}%` })),
          h('b', {}, format.whole(count)),
        ),
      ),
    ),
    h('p', { class: 'zero' }, more.join(''), t('noneOf', format.list(never.map(word)))),
  );
}
