import type { CameraView } from '../live/live-state.js';
import { byId, h, svg, update, type Child } from './dom.js';
import type { Frames } from './frames.js';
import { blindMark, levelMark, noLevelMark, shape, type Shape } from './icons.js';
import { startCard } from './start.js';
import { isOld, peopleText, type View } from './view.js';

/** As many as the widest wall shows; narrower ones hide the last. */
const MAX_TILES = 9;
/** Cells of the strip in one row. */
const STRIP_COLUMNS = 25;

/** The camera wall: the worst first, and below it every camera at its fixed place. */
export function drawWall(view: View, frames: Frames): void {
  const { state, t } = view;
  update(
    byId('legend'),
    (['critical', 'high', 'medium', 'low', 'none', 'blind'] as const).map((name) =>
      h('span', {}, h('span', { class: 'shape', 'data-level': name }, shape(name)), t(name)),
    ),
  );
  const waiting = state.start !== null && !view.lost;
  update(byId('wall-note'), waiting || state.cameras.length === 0 ? '' : t('worstFirst'));
  update(byId('wall'), waiting ? startCard(view) : tiles(view, frames), strip(view, waiting));
  frames.watch(byId('wall').querySelectorAll('.tile'));
}

function tiles(view: View, frames: Frames): Child {
  const { state, t } = view;
  if (state.cameras.length === 0)
    return h('div', { class: 'blank card' }, h('b', {}, t('noCameras')), h('span', {}, t('noCamerasWhy')));
  const byCamera = new Map(state.cameras.map((camera) => [camera.id, camera]));
  const shown = state.order.flatMap((id) => byCamera.get(id) ?? []).slice(0, MAX_TILES);
  return h(
    'div',
    { class: 'tiles' },
    shown.map((camera, place) => tile(view, frames, camera, place === 0)),
  );
}

function tile(view: View, frames: Frames, camera: CameraView, first: boolean): HTMLElement {
  const seen = camera.state === 'live';
  const old = seen && camera.level !== null && isOld(view, camera.freshUntil);
  const level = seen && !showsNobody(view, camera) ? camera.level : null;
  const classes = ['tile', first && 'first', camera.state === 'stale' && 'stale', old && 'old'];
  return h(
    'a',
    {
      href: `#camera/${camera.id}`,
      class: classes.filter(Boolean).join(' '),
      'data-key': camera.id,
      'data-camera': camera.id,
      'data-level': level,
    },
    picture(view, frames, camera, first),
    h('div', { class: 'cap' }, caption(view, camera, first)),
  );
}

/** The picture with its boxes; of a camera that is not seen, why. */
function picture(view: View, frames: Frames, camera: CameraView, first: boolean): HTMLElement {
  const { now, t, format } = view;
  const shown = frames.shown(camera);
  if (camera.state === 'live' || camera.state === 'stale') {
    const stale = camera.state === 'stale';
    // "No frame for …" is what the age of the last picture says already.
    const repeats = camera.frame !== null && camera.reason?.startsWith('no frame for');
    const over = stale
      ? notSeen(t('stale'), [
          camera.frame ? t('lastPicture', format.ago(now - camera.frame.at)) : '',
          repeats ? '' : reasonText(view, camera),
        ])
      : null;
    if (!shown) return h('div', { class: 'shot hatched' }, over ?? notSeen(null, [t('noPictureYet')]));
    const { width, height } = shown.frame;
    return h(
      'div',
      { class: 'shot' },
      h('img', { src: shown.url, alt: '', width, height, decoding: 'async' }),
      stale ? over : [boxes(shown.frame), first ? tags(view, shown.frame) : null],
    );
  }
  const lines =
    camera.state === 'unknown'
      ? [t('cameraRoleAway')]
      : [camera.since === null ? '' : t('since', format.moment(camera.since, now)), reasonText(view, camera)];
  return h(
    'div',
    { class: 'shot hatched' },
    notSeen(camera.state === 'unknown' ? t('unknown') : t('offline'), lines),
  );
}

/** What the camera role says is wrong; its usual sentences in the reader's language, others as they are. */
export function reasonText({ t, format }: View, { reason }: CameraView): string {
  if (reason === null) return '';
  if (reason === 'waits for its first frame') return t('reasonFirstFrame');
  const seconds = /^no frame for (\d+) s$/.exec(reason)?.[1];
  return seconds === undefined ? reason : t('reasonNoFrame', format.age(Number(seconds) * 1_000));
}

function notSeen(word: string | null, lines: readonly string[]): HTMLElement {
  const shownLines = lines.filter((line) => line !== '');
  return h(
    'div',
    { class: 'over' },
    word === null ? null : h('b', {}, shape('blind'), word),
    h(
      'span',
      {},
      shownLines.flatMap((line, i): Child[] => (i === 0 ? [line] : [h('br'), line])),
    ),
  );
}

export function boxes(frame: NonNullable<CameraView['frame']>): SVGElement {
  const rect = (kind: string, { x, y, width, height }: (typeof frame.people)[number], rx: number) =>
    svg('rect', { class: kind, x, y, width, height, rx });
  const round = frame.width / 96;
  return svg(
    'svg',
    {
      viewBox: `0 0 ${frame.width} ${frame.height}`,
      preserveAspectRatio: 'xMidYMid slice',
      'aria-hidden': 'true',
    },
    frame.people.map((person) => rect('person', person, round / 5)),
    frame.groups.map(({ box }) => [rect('halo', box, round), rect('group', box, round)]),
  );
}

/** How many people each group has, above its box: only in the large tile. The picture may be cropped to 16:9. */
function tags(view: View, frame: NonNullable<CameraView['frame']>): Child[] {
  const scale = Math.max(16 / frame.width, 9 / frame.height);
  const cut = { x: (frame.width * scale - 16) / 2, y: (frame.height * scale - 9) / 2 };
  return frame.groups.map(({ box, peopleCount }) => {
    const left = ((box.x * scale - cut.x) / 16) * 100;
    const top = ((box.y * scale - cut.y) / 9) * 100;
    const style = `left: ${Math.min(82, Math.max(0, left))}%; top: ${Math.max(11, top)}%`;
    return h('span', { class: 'tag', style }, peopleText(view, peopleCount));
  });
}

function caption(view: View, camera: CameraView, first: boolean): Child[] {
  const { now, t, format } = view;
  const old = isOld(view, camera.freshUntil);
  const age = camera.judgedAt === null ? '' : now - camera.judgedAt;
  const nobody = showsNobody(view, camera);
  const state =
    camera.state !== 'live'
      ? blindMark(t)
      : nobody
        ? noLevelMark(t('nobody'))
        : camera.level === null
          ? noLevelMark(t('notJudged'))
          : levelMark(camera.level, old, t);
  const ageText =
    camera.state !== 'live' || nobody || age === ''
      ? ''
      : first
        ? t('judged', old ? t('ago', format.duration(age)) : format.ago(age))
        : format.ago(age);
  return [
    h('div', { class: 'row' }, state, ageText ? h('span', { class: 'age' }, ageText) : null),
    h(
      'div',
      { class: 'row' },
      h('span', { class: 'name' }, camera.name),
      h('span', { class: 'meta' }, first ? camera.id : numberText(camera)),
    ),
    first && camera.says !== null && camera.state === 'live' ? says(view, camera.says) : null,
  ];
}

/** The model's words: always named as its own, always as text. */
export const says = ({ t }: View, words: string) =>
  h('p', { class: 'says' }, h('span', { class: 'who' }, t('model')), h('q', {}, words));

/** Nobody in view counts only while no judgement is current. */
export const showsNobody = (view: View, camera: CameraView) =>
  camera.nobody && !view.lost && isOld(view, camera.freshUntil);

const numberText = ({ number }: CameraView) => String(number).padStart(2, '0');

function strip(view: View, waiting: boolean): Child {
  const { state, t } = view;
  const count = state.cameras.length;
  if (count === 0) return null;
  const columns = Math.ceil(count / Math.ceil(count / STRIP_COLUMNS));
  return h(
    'ul',
    {
      class: 'all',
      'aria-label': t('cameras'),
      'data-many': count > 2 * STRIP_COLUMNS,
      style: `--columns: ${Math.min(columns, STRIP_COLUMNS)}`,
    },
    state.cameras.map((camera) => cell(view, camera, waiting)),
  );
}

function cell(view: View, camera: CameraView, waiting: boolean): HTMLElement {
  const { t } = view;
  const number = numberText(camera);
  if (waiting) return h('li', { class: 'nodata', title: camera.name }, number);
  const blind = camera.state !== 'live';
  const current = !blind && camera.level !== null && !isOld(view, camera.freshUntil);
  const name: Shape = blind ? 'blind' : current ? (camera.level ?? 'nodata') : 'nodata';
  const word = blind
    ? t(camera.state === 'stale' ? 'stale' : camera.state === 'offline' ? 'offline' : 'unknown')
    : current
      ? t(camera.level ?? 'notJudged')
      : showsNobody(view, camera)
        ? t('nobody')
        : t('notJudged');
  return h(
    'li',
    { class: blind ? 'blind' : null, 'data-level': blind ? null : name, title: `${camera.name}: ${word}` },
    number,
    h('span', { class: 'shape', 'data-level': name }, shape(name)),
    h('span', { class: 'hide' }, word),
  );
}
