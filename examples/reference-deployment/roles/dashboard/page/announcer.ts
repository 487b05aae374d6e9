import { levels } from '../live/live-state.js';
import { byId, h, update } from './dom.js';
import { stateText, titleWord, whyText } from './sentences.js';
import { cameraName, type View } from './view.js';

/**
 * Says aloud, once each, what must reach somebody who does not look: each change of the overall state, and at once new
 * high and critical alerts and that nothing is judged or live.
 */
export class Announcer {
  #newestRaisedAt: number | null = null;
  #state = '';

  say(view: View): void {
    const word = titleWord(view);
    if (word !== this.#state) {
      this.#state = word;
      if (word === 'lost' || word === 'notJudging')
        this.#shout(`${stateText(view)}. ${h('p', {}, whyText(view)).textContent}`);
      else update(byId('news'), view.t(word));
    }
    this.#sayAlerts(view);
  }

  #sayAlerts(view: View): void {
    const { alerts } = view.state;
    if (!alerts) return;
    const since = this.#newestRaisedAt;
    this.#newestRaisedAt = Math.max(since ?? 0, alerts[0]?.raisedAt ?? 0);
    // What was there when the page opened is no news.
    if (since === null) return;
    const news = alerts.filter(
      ({ raisedAt, level }) => raisedAt > since && levels.indexOf(level) >= levels.indexOf('high'),
    );
    if (news.length === 0) return;
    const sentences = news.map(({ level, cameraId }) =>
      view.t('newAlert', view.t(level), cameraName(view, cameraId)),
    );
    this.#shout(sentences.join('. '));
  }

  #shout(sentence: string): void {
    update(byId('shout'), sentence);
  }
}
