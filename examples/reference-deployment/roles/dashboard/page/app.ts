import type { Sections } from '../live/live-state.js';
import { Alerts } from './alerts.js';
import { Announcer } from './announcer.js';
import { drawChart } from './chart.js';
import { Connection } from './connection.js';
import { Detail } from './detail.js';
import { byId, update } from './dom.js';
import { drawFailures } from './failures.js';
import { Format } from './format.js';
import { Frames } from './frames.js';
import { drawHeader } from './header.js';
import { drawKeys } from './keys.js';
import { take } from './live-store.js';
import { drawPipeline } from './pipeline.js';
import { Preferences } from './preferences.js';
import { unconnected } from './unconnected.js';
import type { View } from './view.js';
import { drawWall } from './wall.js';
import { isWord, translator } from './words.js';

const preferences = new Preferences();
let state: Sections | null = null;
let drawing = false;

const connection = new Connection((message) => {
  state = take(state, message);
  draw();
});
const frames = new Frames(draw);
const alerts = new Alerts(draw);
const detail = new Detail({ frames, alerts, onChange: draw });
const announcer = new Announcer();

/** Draws once before the next paint, however many things have changed. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  // Not requestAnimationFrame: a page in a background tab has to announce, too.
  setTimeout(drawNow, 16);
}

function drawNow(): void {
  drawing = false;
  const t = translator(preferences.language);
  const view: View = {
    state: state ?? unconnected,
    now: connection.now,
    lost: connection.lost,
    heardAt: connection.heardAt,
    t,
    format: new Format(t, preferences.language),
  };
  const focused = document.activeElement as HTMLElement | null;
  document.documentElement.toggleAttribute('data-lost', view.lost);
  for (const element of document.querySelectorAll<HTMLElement>('[data-word]')) {
    const word = element.dataset.word ?? '';
    if (isWord(word)) update(element, t(word));
  }
  update(byId('theme'), t(preferences.dark ? 'light' : 'dark'));
  const language = byId('language');
  update(language, preferences.language === 'zh' ? 'English' : '中文');
  language.lang = preferences.language === 'zh' ? 'en' : 'zh';
  drawHeader(view);
  drawWall(view, frames);
  alerts.draw(view);
  drawPipeline(view);
  drawKeys(view);
  drawChart(view);
  drawFailures(view);
  detail.draw(view);
  announcer.say(view);
  // A tile that moves to another place would let go of the focus.
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

byId('theme').addEventListener('click', () => {
  preferences.toggleTheme();
  draw();
});
byId('language').addEventListener('click', () => {
  preferences.toggleLanguage();
  draw();
});
addEventListener('resize', draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
setInterval(() => {
  connection.keep();
  draw();
}, 1_000);
connection.keep();
draw();
