import { h, svg, type Attributes } from './dom.js';
import type { Level } from '../live/live-state.js';
import type { Translate } from './words.js';

export type Mark =
  'well' | 'down' | 'behind' | 'wait' | 'cooling' | 'exhausted' | 'quarantined' | 'disabled' | 'draining';
export type Shape = Level | 'blind' | 'nodata';

/** A line drawing: how the system is. */
export const mark = (name: Mark) =>
  svg('svg', { class: 'icon', 'aria-hidden': 'true' }, svg('use', { href: `#h-${name}` }));

/** A solid: how risky a scene is. Copied rather than referred to, so that it takes its two colours from around it. */
export function shape(name: Shape): SVGElement {
  const symbol = document.getElementById(`r-${name}`);
  const copy = svg('svg', { class: 'icon', 'aria-hidden': 'true', viewBox: '0 0 16 16' });
  for (const part of symbol?.children ?? []) copy.append(part.cloneNode(true));
  return copy;
}

/** Word and shape of a level; of a judgement that is no longer current, when `old`. */
export function levelMark(level: Level, old: boolean, t: Translate): HTMLElement {
  return h(
    'span',
    { class: old ? 'level old' : 'level', 'data-level': level },
    shape(level),
    h('span', {}, old ? t('last', t(level)) : t(level)),
  );
}

export const blindMark = (t: Translate) =>
  h('span', { class: 'level', 'data-level': 'blind' }, shape('blind'), h('span', {}, t('blind')));

export const noLevelMark = (word: string) =>
  h('span', { class: 'level', 'data-level': 'nodata' }, shape('nodata'), h('span', {}, word));

const unwell = new Set<Mark>(['down', 'behind', 'cooling', 'exhausted', 'quarantined']);

/** Word and mark of a health. */
export function healthMark(name: Mark, text: string, attributes: Attributes = {}): HTMLElement {
  const health = name === 'well' ? 'well' : unwell.has(name) ? 'bad' : 'off';
  return h(
    'span',
    { class: 'health', 'data-health': health, ...attributes },
    mark(name),
    h('span', {}, text),
  );
}

/** In the place of a number that is not known. */
export const unknownNumber = (t: Translate) =>
  h('span', { class: 'void', role: 'img', 'aria-label': t('noDataYet') });
