import type { AlertView, CameraView } from '../live/live-state.js';
import { acknowledgedText, needsAcknowledgement, type Alerts } from './alerts.js';
import { byId, h, update, type Child } from './dom.js';
import type { Frames } from './frames.js';
import { blindMark, levelMark, noLevelMark } from './icons.js';
import { cameraName, isOld, peopleText, type View } from './view.js';
import { boxes, reasonText, says, showsNobody } from './wall.js';

/** One camera or one alert in full, in a dialog; the address names it, so that "back" closes it. */
export class Detail {
  readonly #dialog = byId<HTMLDialogElement>('detail');
  readonly #frames: Frames;
  readonly #alerts: Alerts;

  constructor(options: { frames: Frames; alerts: Alerts; onChange: () => void }) {
    this.#frames = options.frames;
    this.#alerts = options.alerts;
    addEventListener('hashchange', options.onChange);
    // The address is cleared before the dialog closes, or the next drawing would open it again.
    this.#dialog.addEventListener('cancel', forget);
    // A browser may close a dialog without asking first.
    this.#dialog.addEventListener('close', () => {
      if (target()) forget();
    });
    this.#dialog.addEventListener('click', (event) => {
      const element = event.target as Element;
      if (element !== this.#dialog && !element.closest('[data-close]')) return;
      forget();
      this.#dialog.close();
    });
  }

  draw(view: View): void {
    const shown = target();
    const content =
      shown && (shown.kind === 'camera' ? this.#camera(view, shown.id) : this.#alert(view, shown.id));
    if (!content) {
      if (this.#dialog.open) this.#dialog.close();
      return;
    }
    update(
      this.#dialog,
      h(
        'div',
        { class: 'sheet' },
        content,
        h('button', { type: 'button', class: 'close', 'data-close': true }, view.t('close')),
      ),
    );
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #camera(view: View, id: string): Child {
    const camera = view.state.cameras.find((candidate) => candidate.id === id);
    if (!camera) return null;
    if (camera.frame) this.#frames.load(camera.id, camera.frame);
    const shown = this.#frames.shown(camera);
    return [
      heading(camera.name, camera.id),
      shown && camera.state === 'live'
        ? h(
            'div',
            { class: 'shot', 'data-level': camera.level },
            h('img', { src: shown.url, alt: '', width: shown.frame.width, height: shown.frame.height }),
            boxes(shown.frame),
          )
        : h('div', { class: 'shot hatched' }),
      h('p', { class: 'line' }, cameraLevel(view, camera)),
      camera.says !== null ? says(view, camera.says) : null,
      facts([
        [
          view.t('inView'),
          camera.state === 'live' && camera.frame ? peopleText(view, camera.frame.people.length) : null,
        ],
        [view.t('picture'), camera.frame ? view.format.ago(view.now - camera.frame.at) : null],
        [view.t('state'), reasonText(view, camera) || null],
      ]),
    ];
  }

  #alert(view: View, taskId: string): Child {
    const alert = view.state.alerts?.find((candidate) => candidate.taskId === taskId);
    if (!alert) return null;
    const { t, format, now } = view;
    return [
      heading(cameraName(view, alert.cameraId), alert.cameraId),
      h('div', { class: 'evidence' }, this.#alerts.evidence(view, alert, true)),
      h('p', { class: 'line' }, levelMark(alert.level, false, t)),
      alert.description === '' ? null : says(view, alert.description),
      facts([
        [t('capturedAt'), format.moment(alert.capturedAt, now)],
        [t('raisedAt'), format.moment(alert.raisedAt, now)],
        [t('inView'), alert.peopleCount === null ? null : peopleText(view, alert.peopleCount)],
        [t('confidence'), alert.confidence === null ? null : format.share(alert.confidence)],
        [t('hazards'), format.list(alert.hazards) || t('nothing')],
        [t('rule'), alert.rule],
      ]),
      this.#foot(view, alert),
    ];
  }

  #foot(view: View, alert: AlertView): Child {
    const open = needsAcknowledgement(alert);
    return h(
      'p',
      { class: 'foot' },
      open ? null : h('span', { class: 'done' }, acknowledgedText(view, alert)),
      open || alert.acknowledged ? this.#alerts.acknowledgeButton(view, alert) : null,
    );
  }
}

/** What the address asks for. */
function target(): { kind: 'camera' | 'alert'; id: string } | null {
  const [, kind, id] = /^#(camera|alert)\/(.+)$/.exec(location.hash) ?? [];
  return kind && id ? { kind: kind as 'camera' | 'alert', id: decodeURIComponent(id) } : null;
}

function forget(): void {
  history.replaceState(null, '', location.pathname + location.search);
}

const heading = (name: string, id: string) => h('h2', { id: 'detail-title' }, name, h('small', {}, ` ${id}`));

function cameraLevel(view: View, camera: CameraView): Child {
  if (camera.state !== 'live') return blindMark(view.t);
  if (showsNobody(view, camera)) return noLevelMark(view.t('nobody'));
  if (camera.level === null || camera.judgedAt === null) return noLevelMark(view.t('notJudged'));
  return [
    levelMark(camera.level, isOld(view, camera.freshUntil), view.t),
    h('span', { class: 'age' }, view.t('judged', view.format.ago(view.now - camera.judgedAt))),
  ];
}

const facts = (rows: readonly (readonly [string, string | null])[]) =>
  h(
    'dl',
    { class: 'facts' },
    rows.map(([name, value]) => (value === null ? null : [h('dt', {}, name), h('dd', {}, value)])),
  );
