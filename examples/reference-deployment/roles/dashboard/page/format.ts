import type { Language, Translate } from './words.js';

const HALF_DAY_MS = 43_200_000;

/** How the screen writes numbers and times; what is printed says its unit. */
export class Format {
  readonly #t: Translate;
  readonly #language: Language;

  constructor(t: Translate, language: Language) {
    this.#t = t;
    this.#language = language;
  }

  /** A whole number with thousands separated. */
  whole(value: number): string {
    return Math.round(value).toLocaleString('en');
  }

  /** Things per second. */
  rate(value: number): string {
    return value >= 1_000 ? this.whole(value) : value.toFixed(1);
  }

  /** Seconds, without their unit: two decimals under 10 s, one above. */
  latencySeconds(ms: number): string {
    const seconds = ms / 1_000;
    return seconds < 9.995 ? seconds.toFixed(2) : seconds.toFixed(1);
  }

  latency(ms: number): string {
    return this.#t('seconds', this.latencySeconds(ms));
  }

  /** A wait, to a tenth of a second. */
  wait(seconds: number): string {
    return seconds < 100 ? this.#t('seconds', seconds.toFixed(1)) : this.duration(seconds * 1_000);
  }

  /** A share of 1: one decimal, two digits under one per cent. */
  share(value: number): string {
    const percent = value * 100;
    const digits = percent > 0 && percent < 1 ? percent.toPrecision(2) : percent.toFixed(1);
    return `${Number(digits) === 100 ? '100' : digits} %`;
  }

  /** How long ago, as one number. */
  age(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1_000));
    if (seconds < 60) return this.#t('seconds', seconds);
    if (seconds < 3_600) return this.#t('minutes', Math.floor(seconds / 60));
    if (seconds < 172_800) return this.#t('hours', Math.floor(seconds / 3_600));
    return this.#t('days', Math.floor(seconds / 86_400));
  }

  ago(ms: number): string {
    return this.#t('ago', this.age(ms));
  }

  /** How long something takes or has taken, to the second (above an hour, to the minute). */
  duration(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1_000));
    if (seconds < 60) return this.#t('seconds', seconds);
    const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
    if (seconds < 3_600) return rest ? this.#t('minutesSeconds', minutes, rest) : this.#t('minutes', minutes);
    const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
    return left ? this.#t('hoursMinutes', hours, left) : this.#t('hours', hours);
  }

  /** The clock, local, 24 h, with seconds. */
  clock(at: number): string {
    return new Date(at).toLocaleTimeString('en-GB', { hour12: false });
  }

  /** The clock without seconds. */
  minute(at: number): string {
    return this.clock(at).slice(0, 5);
  }

  day(at: number): string {
    const date = new Date(at);
    if (this.#language === 'zh') {
      const weekday = date.toLocaleDateString('zh-CN', { weekday: 'short' });
      return `${date.getMonth() + 1}月${date.getDate()}日 ${weekday}`;
    }
    const part = (options: Intl.DateTimeFormatOptions) => date.toLocaleDateString('en-GB', options);
    return `${part({ weekday: 'short' })} ${date.getDate()} ${part({ month: 'short' })}`;
  }

  /** The clock; with the day where the clock alone could mean another one. */
  moment(at: number, now: number): string {
    return Math.abs(at - now) < HALF_DAY_MS ? this.clock(at) : `${this.day(at)} ${this.minute(at)}`;
  }

  /** A list in the language's own punctuation. */
  list(items: readonly string[]): string {
    return items.join(this.#language === 'zh' ? '、' : ', ');
  }
}
