import type { CameraView, FrameView } from '../live/live-state.js';

/** A picture that is on the page, with the boxes that belong to it. */
export interface ShownFrame {
  readonly url: string;
  readonly frame: FrameView;
}

/** Fetches the pictures of the tiles in view, one per sample; a tile changes when its next picture is ready. */
export class Frames {
  readonly #shown = new Map<string, ShownFrame>();
  readonly #loading = new Map<string, number>();
  readonly #inView = new Set<string>();
  readonly #observer: IntersectionObserver;
  readonly #onReady: () => void;

  constructor(onReady: () => void) {
    this.#onReady = onReady;
    this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const id = (target as HTMLElement).dataset.camera ?? '';
        if (isIntersecting) this.#inView.add(id);
        else this.#inView.delete(id);
      }
      onReady();
    });
  }

  /** The tiles on the page now. */
  watch(tiles: Iterable<Element>): void {
    const ids = new Set<string>();
    for (const tile of tiles) {
      ids.add((tile as HTMLElement).dataset.camera ?? '');
      this.#observer.observe(tile);
    }
    for (const id of this.#inView) if (!ids.has(id)) this.#inView.delete(id);
  }

  /** The newest picture that is ready; asks for a newer one where there is one and the tile is in view. */
  shown(camera: CameraView): ShownFrame | undefined {
    const shown = this.#shown.get(camera.id);
    const { frame } = camera;
    if (frame && frame.sequence !== shown?.frame.sequence && this.#inView.has(camera.id))
      this.load(camera.id, frame);
    return shown;
  }

  /** Gets one frame of a camera, unless that one is on its way already. */
  load(id: string, frame: FrameView): void {
    if (this.#loading.get(id) === frame.sequence) return;
    this.#loading.set(id, frame.sequence);
    const url = `/v1/cameras/${encodeURIComponent(id)}/frame.jpg?sequence=${frame.sequence}`;
    const image = new Image();
    image.src = url;
    image.decode().then(
      () => {
        if (frame.at < (this.#shown.get(id)?.frame.at ?? 0)) return;
        this.#shown.set(id, { url, frame });
        this.#onReady();
      },
      // Overtaken by a newer frame, or its role is away: the next sample brings another.
      () => undefined,
    );
  }
}
