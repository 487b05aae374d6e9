import type { Sections } from '../live/live-state.js';
import type { Format } from './format.js';
import type { Translate } from './words.js';

/** What every part of the page draws from. */
export interface View {
  readonly state: Sections;
  /** The server's time now. */
  readonly now: number;
  /** The page has lost its server: nothing it shows is current. */
  readonly lost: boolean;
  /** When the server was last heard. */
  readonly heardAt: number | null;
  readonly t: Translate;
  readonly format: Format;
}

/** The time that ages in a lost page's levels count as: at least the moment of the loss has passed. */
export const isOld = (view: View, freshUntil: number | null) =>
  view.lost || freshUntil === null || view.now > freshUntil;

/** How many people, in words. */
export const peopleText = ({ t }: View, count: number) => (count === 1 ? t('onePerson') : t('people', count));

/** The name of a camera by its id. */
export const cameraName = ({ state }: View, id: string) =>
  state.cameras.find((camera) => camera.id === id)?.name ?? id;

/** Name and id of a camera; once, where it has no name of its own. */
export function cameraText(view: View, id: string): string {
  const name = cameraName(view, id);
  return name === id ? id : `${name} · ${id}`;
}
