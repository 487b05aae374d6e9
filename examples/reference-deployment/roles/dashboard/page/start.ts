import type { StartStep } from '../live/live-state.js';
import { h } from './dom.js';
import { mark, type Mark } from './icons.js';
import type { View } from './view.js';

/** More than these stand closer together. */
const USUAL_STEPS = 7;

const looks: Readonly<Record<StartStep['state'], { look: string; mark: Mark }>> = {
  done: { look: 'ok', mark: 'well' },
  running: { look: 'now', mark: 'behind' },
  waiting: { look: 'later', mark: 'wait' },
  failed: { look: 'failed', mark: 'down' },
};

/** What the launcher has done and is doing, in the place of the wall until the first verdict. */
export function startCard(view: View): HTMLElement | null {
  const { state, now, t, format } = view;
  const { start } = state;
  if (!start) return null;
  const language = document.documentElement.lang === 'zh' ? 'zh' : 'en';
  const { steps, startedAt } = start;
  const done = steps.filter((step) => step.state === 'done').length;
  const failed = steps.find((step) => step.state === 'failed');
  const current = failed ?? steps.find((step) => step.state === 'running') ?? steps[done];
  const title = current?.title[language] ?? t('starting');
  const heading = t(failed ? 'startFailed' : 'startNow', title);
  return h(
    'div',
    { class: failed ? 'start card failed' : 'start card' },
    h(
      'div',
      {},
      h('h3', {}, heading),
      h('p', {}, failed ? t('startFailedWhy') : t('startWhy')),
      h('progress', { value: done, max: steps.length, 'aria-label': heading }),
      h('p', {}, t('startStep', done, steps.length, format.duration(now - startedAt))),
    ),
    h(
      'ol',
      { class: 'steps', 'data-many': steps.length > USUAL_STEPS },
      steps.map((step) => {
        const { look, mark: icon } = looks[step.state];
        return h(
          'li',
          { class: look },
          h('span', { class: look }, mark(icon)),
          h('b', {}, step.title[language]),
          h('span', {}, step.detail?.[language] ?? ''),
          h('span', { class: 'took' }, tookText(view, step)),
        );
      }),
    ),
  );
}

function tookText({ now, format }: View, { startedAt, finishedAt }: StartStep): string {
  if (startedAt === null) return '';
  return finishedAt === null
    ? format.duration(now - startedAt)
    : format.wait((finishedAt - startedAt) / 1_000);
}
