import { levels, type AlertView, type Level } from '../live/live-state.js';
import { byId, h, update, type Child } from './dom.js';
import { levelMark, mark, shape } from './icons.js';
import { cameraText, type View } from './view.js';
import { says } from './wall.js';

/** Rows on the page; older alerts are in the alerts role. */
const MAX_ROWS = 100;
/** A row fades in when its alert is this young at its first drawing. */
const FRESH_MS = 5_000;
/** A picture that could not be had is asked for again after this long. */
const PICTURE_RETRY_MS = 10_000;

const filterLevels = ['critical', 'high', 'medium', 'low'] as const;

/** Low is for the record; from medium on a person has to say "seen". */
export const needsAcknowledgement = ({ level, acknowledged }: AlertView) =>
  levels.indexOf(level) >= levels.indexOf('medium') && acknowledged === null;

/** The list of alerts, with its filters and the acknowledgements on their way. */
export class Alerts {
  readonly #hidden = new Set<Level>();
  readonly #pending = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #firstDrawn = new Map<string, boolean>();
  readonly #missing = new Map<string, number>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    byId('filters').addEventListener('click', (event) => {
      const level = closest(event, 'button')?.dataset.level as Level | undefined;
      if (!level) return;
      if (!this.#hidden.delete(level)) this.#hidden.add(level);
      onChange();
    });
    document.addEventListener('click', (event) => {
      const button = closest(event, '.ack');
      const { task, method } = button?.dataset ?? {};
      if (task && (method === 'POST' || method === 'DELETE')) void this.#acknowledge(task, method);
    });
    document.addEventListener(
      'error',
      ({ target }) => {
        if (!(target instanceof HTMLImageElement) || !target.dataset.evidence) return;
        this.#missing.set(target.dataset.evidence, Date.now());
        onChange();
      },
      true,
    );
  }

  draw(view: View): void {
    const { state, t } = view;
    const alerts = state.alerts ?? [];
    const open = alerts.filter(needsAcknowledgement).length;
    update(byId('feed-note'), state.alerts === null || alerts.length === 0 ? '' : t('toAcknowledge', open));
    const filters = byId('filters');
    filters.setAttribute('aria-label', t('filterByLevel'));
    update(
      filters,
      filterLevels.map((level) => this.#filter(view, level)),
    );
    const shown = alerts.filter(({ level }) => !this.#hidden.has(level)).slice(0, MAX_ROWS);
    const list = byId('feed');
    list.hidden = shown.length === 0;
    list.setAttribute('aria-label', t('alerts'));
    update(
      list,
      shown.map((alert) => this.#row(view, alert)),
    );
    update(byId('feed-blank'), shown.length > 0 ? null : blank(view, alerts.length > 0));
  }

  /** The button that says "seen" or takes it back; also for the detail view. */
  acknowledgeButton(view: View, alert: AlertView): HTMLElement {
    const { t } = view;
    const open = alert.acknowledged === null;
    return h(
      'button',
      {
        type: 'button',
        class: 'ack',
        'data-task': alert.taskId,
        'data-method': open ? 'POST' : 'DELETE',
        disabled: view.lost || view.state.alertsAway || this.#pending.has(alert.taskId),
      },
      t(open ? 'acknowledge' : 'takeBack'),
    );
  }

  /** The judged picture, or that there is none. */
  evidence(view: View, { evidence }: AlertView, eager = false): HTMLElement {
    const missingSince = evidence === null ? 0 : this.#missing.get(evidence);
    if (evidence === null || (missingSince !== undefined && Date.now() - missingSince < PICTURE_RETRY_MS))
      return h('span', { class: 'hatched', role: 'img', 'aria-label': view.t('noEvidence') });
    return h('img', {
      src: `/v1/evidence/${evidence}`,
      alt: view.t('evidence'),
      'data-evidence': evidence,
      loading: eager ? null : 'lazy',
      decoding: 'async',
    });
  }

  #filter({ state, t }: View, level: Level): HTMLElement {
    const count = state.alerts?.filter((alert) => alert.level === level).length;
    return h(
      'button',
      { type: 'button', 'data-level': level, 'aria-pressed': String(!this.#hidden.has(level)) },
      h('span', { class: 'shape', 'data-level': level }, shape(level)),
      t(level),
      h('span', { class: 'n' }, count === undefined ? '–' : String(count)),
    );
  }

  #row(view: View, alert: AlertView): HTMLElement {
    const { now, lost, format } = view;
    const open = needsAcknowledgement(alert);
    const arrives = this.#firstDrawn.get(alert.taskId) ?? now - alert.raisedAt < FRESH_MS;
    this.#firstDrawn.set(alert.taskId, arrives);
    const clock = format.moment(alert.raisedAt, now);
    return h(
      'li',
      {
        class: `alert ${open ? 'open' : 'closed'}${arrives ? ' arrives' : ''}`,
        'data-key': alert.taskId,
        'data-level': alert.level,
      },
      h('a', { class: 'thumb', href: `#alert/${alert.taskId}` }, this.evidence(view, alert)),
      h(
        'div',
        {},
        h(
          'div',
          { class: 'head' },
          levelMark(alert.level, false, view.t),
          h(
            'time',
            { datetime: new Date(alert.raisedAt).toISOString() },
            lost ? clock : `${clock} · ${format.ago(now - alert.raisedAt)}`,
          ),
        ),
        alert.description === '' ? null : says(view, alert.description),
        h(
          'div',
          { class: 'foot' },
          h('span', { class: 'cam' }, cameraText(view, alert.cameraId)),
          this.#end(view, alert, open),
        ),
      ),
    );
  }

  #end(view: View, alert: AlertView, open: boolean): Child {
    const { t } = view;
    if (open)
      return [
        this.#failed.has(alert.taskId) ? h('span', { class: 'flag' }, t('ackFailed')) : null,
        this.acknowledgeButton(view, alert),
      ];
    return h('span', { class: 'done' }, acknowledgedText(view, alert));
  }

  async #acknowledge(taskId: string, method: 'POST' | 'DELETE'): Promise<void> {
    if (this.#pending.has(taskId)) return;
    this.#pending.add(taskId);
    this.#failed.delete(taskId);
    this.#onChange();
    try {
      const answer = await fetch(`/v1/alerts/${taskId}/acknowledgement`, {
        method,
        ...(method === 'POST'
          ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ by: 'operator' }) }
          : {}),
      });
      if (!answer.ok) this.#failed.add(taskId);
    } catch {
      this.#failed.add(taskId);
    }
    this.#pending.delete(taskId);
    this.#onChange();
  }
}

/** Who has seen it and when; of a note, that it is one. */
export function acknowledgedText({ now, t, format }: View, { acknowledged }: AlertView): Child {
  if (!acknowledged) return t('noteOnly');
  const who = acknowledged.by === 'operator' ? t('operator') : acknowledged.by;
  const at = format.moment(acknowledged.at, now);
  return [mark('well'), t('by', who, /^\d\d:\d\d:\d\d$/.test(at) ? at.slice(0, 5) : at)];
}

function blank({ state, t }: View, filtered: boolean): HTMLElement {
  const [head, why] = filtered
    ? (['allFiltered', 'allFilteredWhy'] as const)
    : state.alerts === null
      ? (['alertsUnknown', 'alertsUnknownWhy'] as const)
      : (['noAlerts', 'noAlertsWhy'] as const);
  return h(
    'div',
    { class: state.alerts === null ? 'blank hatched' : 'blank' },
    h('b', {}, t(head)),
    h('span', {}, t(why)),
  );
}

const closest = (event: Event, selector: string) =>
  event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
