import { describe, expect, it } from 'vitest';
import { Publisher } from '../../../../roles/dashboard/live/publisher.js';
import type { LiveMessage, Sections } from '../../../../roles/dashboard/live/live-state.js';
import { take } from '../../../../roles/dashboard/page/live-store.js';
import { normal } from '../fixtures/scenes.js';

const T0 = 1_800_000_000_000;

function published(first: Sections) {
  let now = T0;
  let sections = first;
  const publisher = new Publisher({ sections: () => sections, now: () => now });
  return {
    publisher,
    change: (changes: Partial<Sections>) => (sections = { ...sections, ...changes }),
    wait: (ms: number) => (now += ms),
    state: () => sections,
  };
}

describe('Publisher', () => {
  it('sends everything at first, and then only the time while nothing changes', () => {
    const { publisher, wait } = published(normal(T0));
    expect(publisher.full()).toMatchObject({ full: true, serverTime: T0, site: 'Harbour quarter' });
    publisher.second();
    wait(1_000);
    expect(publisher.second()).toEqual({ serverTime: T0 + 1_000 });
    expect(publisher.urgent()).toBeNull();
  });

  it('sends a camera that changed without the other 49', () => {
    const { publisher, change, state } = published(normal(T0));
    publisher.second();
    const [first, ...others] = state().cameras;
    if (!first) throw new Error('the scene has cameras');
    change({ cameras: [{ ...first, level: 'critical' }, ...others] });
    expect(publisher.urgent()).toEqual({
      serverTime: T0,
      changedCameras: [{ ...first, level: 'critical' }],
    });
  });

  it('sends the chart and the failures every 15 s only', () => {
    const { publisher, change, wait } = published(normal(T0));
    publisher.second();
    change({ failures: { failed: 7, total: 4_000, reasons: { internal: 7 } } });
    wait(14_000);
    expect(publisher.second()).not.toHaveProperty('failures');
    wait(1_000);
    expect(publisher.second()).toHaveProperty('failures.failed', 7);
  });

  it('sends the first chart at once', () => {
    const { publisher, change, wait } = published({ ...normal(T0), failures: null });
    publisher.second();
    change({ failures: { failed: 0, total: 1, reasons: {} } });
    wait(1_000);
    expect(publisher.second()).toHaveProperty('failures.total', 1);
  });

  it('leaves a page that takes every message with the server’s own state', () => {
    const { publisher, change, wait, state } = published(normal(T0));
    publisher.second();
    let page: Sections | null = take(null, publisher.full());
    const hear = (message: LiveMessage | null) => {
      if (message) page = take(page, JSON.parse(JSON.stringify(message)) as LiveMessage);
    };
    const [newest, ...older] = state().alerts ?? [];
    if (!newest) throw new Error('the scene has alerts');
    change({ alerts: [{ ...newest, acknowledged: { at: T0, by: 'Mara' } }, ...older] });
    hear(publisher.urgent());
    change({ alerts: [{ ...newest, taskId: 'another', raisedAt: T0 + 1 }, ...(state().alerts ?? [])] });
    change({ vitals: { ...state().vitals, waiting: 12 }, order: [...state().order].reverse() });
    wait(15_000);
    hear(publisher.second());
    expect(page).toEqual(JSON.parse(JSON.stringify(state())));
  });
});

describe('take', () => {
  it('knows nothing before the first full message', () => {
    expect(take(null, { serverTime: T0, order: [] })).toBeNull();
  });
});
