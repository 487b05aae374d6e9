import { GOAL_MS, type LatencyView } from '../live/live-state.js';
import { byId, svg, update } from './dom.js';
import type { View } from './view.js';

const names = ['p99', 'p50', 'p95'] as const;
/** The drawn scale ends here unless a value is higher; nothing is drawn above the second one. */
const USUAL_TOP_MS = 3_200;
const HIGHEST_TOP_MS = 31_000;
const LABEL_HEIGHT = 12;

interface Scale {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  x(step: number): number;
  y(ms: number): number;
}

/** Latency of the last 15 minutes against the goal; steps without a success are hatched. */
export function drawChart(view: View): void {
  const { state, t, format } = view;
  const { latency } = state;
  update(byId('lat-note'), noteText(view));
  const box = byId('chart');
  const [width, height] = [box.clientWidth, box.clientHeight];
  if (width === 0 || height === 0) return;
  const steps = latency?.p95.length ?? 60;
  const topMs = Math.min(
    HIGHEST_TOP_MS,
    Math.max(USUAL_TOP_MS, 1.06 * Math.max(0, ...(latency?.p99 ?? []).map((ms) => ms ?? 0))),
  );
  const scale = scaleFor(width, height, steps, topMs, t('goal'));
  const from = latency ? latency.from : view.now - 900_000;
  update(
    box,
    svg(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': t('chartLabel') },
      grid(scale, topMs, view),
      svg('text', { x: scale.left, y: height - 1 }, format.minute(from)),
      svg('text', { x: scale.right, y: height - 1, 'text-anchor': 'end' }, t('now')),
      latency
        ? [gaps(latency, scale), over(latency, scale), lines(latency, scale)]
        : gap(scale, 0, steps - 1),
      latency
        ? null
        : svg(
            'text',
            { class: 'end', x: (scale.left + scale.right) / 2, y: scale.y(850), 'text-anchor': 'middle' },
            t('noDataYet'),
          ),
      svg('line', {
        class: 'goal',
        x1: scale.left,
        x2: scale.right,
        y1: scale.y(GOAL_MS),
        y2: scale.y(GOAL_MS),
      }),
      latency ? labels(latency, scale) : null,
    ),
  );
}

function noteText({ state, now, t, format }: View): string {
  const { latency, vitals, overall } = state;
  if (!latency) return t('noDataYet');
  if (overall.state === 'not-judging' && vitals.lastSuccessAt !== null)
    return t('noSuccessSince', format.moment(vitals.lastSuccessAt, now));
  return t('overGoalFor', format.duration(latency.overMs));
}

function scaleFor(width: number, height: number, steps: number, topMs: number, goalText: string): Scale {
  // Wide glyphs count double; the goal's label is the widest one on the left.
  const letters = [...goalText].reduce((sum, letter) => sum + (letter > '\u2e80' ? 12 : 6.6), 0);
  const [left, right, top, bottom] = [letters + 9, width - 30, 4, height - 17];
  return {
    left,
    right,
    top,
    bottom,
    x: (step) => left + (step / (steps - 1)) * (right - left),
    y: (ms) => bottom - (Math.min(ms, topMs) / topMs) * (bottom - top),
  };
}

function grid(scale: Scale, topMs: number, { t }: View) {
  const stepMs = topMs <= 4_000 ? 1_000 : topMs <= 9_000 ? 2_000 : topMs <= 16_000 ? 4_000 : 10_000;
  const values = Array.from({ length: Math.floor(topMs / stepMs) + 1 }, (_, i) => i * stepMs);
  const marked = values.includes(GOAL_MS) ? values : [...values, GOAL_MS];
  return marked.map((ms) => {
    const goal = ms === GOAL_MS;
    return [
      goal
        ? null
        : svg('line', { class: 'grid', x1: scale.left, x2: scale.right, y1: scale.y(ms), y2: scale.y(ms) }),
      svg(
        'text',
        { x: scale.left - 7, y: scale.y(ms) + 4, 'text-anchor': 'end', class: goal ? 'strong' : null },
        goal ? t('goal') : ms === 0 ? '0' : t('seconds', ms / 1_000),
      ),
    ];
  });
}

/** Runs of steps for which nothing is known. The running step has just begun, so it alone is no gap. */
function gaps({ p95 }: LatencyView, scale: Scale): SVGElement[] {
  const found: SVGElement[] = [];
  let start: number | null = null;
  const last = p95.length - 1;
  for (let i = 0; i <= p95.length; i += 1) {
    const empty = i < p95.length && p95[i] === null;
    if (empty) start ??= i;
    else if (start !== null) {
      if (!(start === last && i > last)) found.push(...gap(scale, Math.max(0, start - 1), Math.min(last, i)));
      start = null;
    }
  }
  return found;
}

function gap(scale: Scale, from: number, to: number): SVGElement[] {
  const [x, end] = [scale.x(from), scale.x(to)];
  return [
    svg('rect', {
      class: 'gap',
      fill: 'url(#hatch)',
      x,
      y: scale.top,
      width: Math.max(0, end - x),
      height: scale.bottom - scale.top,
    }),
    from > 0 ? svg('line', { class: 'gapline', x1: x, x2: x, y1: scale.top, y2: scale.bottom }) : null,
  ].filter((element) => element !== null);
}

function lines(latency: LatencyView, scale: Scale): SVGElement[] {
  return names.map((name) => {
    let pen = 'M';
    const path = latency[name].flatMap((ms, i) => {
      if (ms === null) {
        pen = 'M';
        return [];
      }
      const alone = pen === 'M' && (latency[name][i + 1] ?? null) === null;
      const point = `${pen}${scale.x(i).toFixed(1)} ${scale.y(ms).toFixed(1)}${alone ? 'h.01' : ''}`;
      pen = 'L';
      return [point];
    });
    return svg('path', { class: name, d: path.join('') });
  });
}

/** What of p95 lies over the goal, filled. */
function over({ p95 }: LatencyView, scale: Scale): SVGElement[] {
  const goal = scale.y(GOAL_MS).toFixed(1);
  const runs: number[][] = [];
  p95.forEach((ms, i) => {
    if (ms === null) return;
    const run = runs.at(-1);
    if (run && run.at(-1) === i - 1) run.push(i);
    else runs.push([i]);
  });
  return runs
    .filter((run) => run.length > 1)
    .map((run) => {
      const points = run.map(
        (i) => `${scale.x(i).toFixed(1)} ${scale.y(Math.max(GOAL_MS, p95[i] ?? 0)).toFixed(1)}`,
      );
      const [first = 0, last = 0] = [run[0], run.at(-1)];
      return svg('path', {
        class: 'over',
        d: `M${scale.x(first).toFixed(1)} ${goal}L${points.join('L')}L${scale.x(last).toFixed(1)} ${goal}Z`,
      });
    });
}

/** The names at the lines' ends, apart from each other. */
function labels(latency: LatencyView, scale: Scale): SVGElement[] {
  const ends = (['p99', 'p95', 'p50'] as const).flatMap((name) => {
    const i = latency[name].findLastIndex((ms) => ms !== null);
    const ms = latency[name][i];
    if (i < 0 || ms === null || ms === undefined) return [];
    const trailing = latency[name].length - 1 - i;
    return [{ name, x: (trailing > 1 ? scale.x(i) : scale.right) + 6, y: scale.y(ms) + 4 }];
  });
  let above = Number.NEGATIVE_INFINITY;
  for (const end of ends) {
    end.y = Math.max(end.y, above + LABEL_HEIGHT);
    above = end.y;
  }
  const excess = Math.max(0, above - scale.bottom);
  return ends.map(({ name, x, y }) =>
    svg('text', { class: name === 'p95' ? 'strong' : 'end', x, y: y - excess }, name),
  );
}
