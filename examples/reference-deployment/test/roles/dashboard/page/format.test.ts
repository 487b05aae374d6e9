import { describe, expect, it } from 'vitest';
import { Format } from '../../../../roles/dashboard/page/format.js';
import { translator } from '../../../../roles/dashboard/page/words.js';

const en = new Format(translator('en'), 'en');
const zh = new Format(translator('zh'), 'zh');

describe('numbers', () => {
  it.each([
    [1_150, '1.15'],
    [9_994, '9.99'],
    [9_996, '10.0'],
    [31_240, '31.2'],
    [0, '0.00'],
  ])('a latency of %d ms is %s s', (ms, text) => {
    expect(en.latencySeconds(ms)).toBe(text);
  });

  it.each([
    [0.983, '98.3 %'],
    [1, '100 %'],
    [0, '0.0 %'],
    [0.001626, '0.16 %'],
    [0.0099, '0.99 %'],
    [0.137, '13.7 %'],
  ])('a share of %d is %s', (share, text) => {
    expect(en.share(share)).toBe(text);
  });

  it('has thousands with a comma in both languages, and rates with one decimal', () => {
    expect([en.whole(3_690), zh.whole(3_690)]).toEqual(['3,690', '3,690']);
    expect(en.rate(4.06)).toBe('4.1');
  });
});

describe('times', () => {
  it.each([
    [4_900, '4 s ago', '4 秒前'],
    [-300, '0 s ago', '0 秒前'],
    [59_999, '59 s ago', '59 秒前'],
    [155_000, '2 min ago', '2 分钟前'],
    [3_600_000, '1 h ago', '1 小时前'],
    [3 * 86_400_000, '3 d ago', '3 天前'],
  ])('%d ms is %s', (ms, english, chinese) => {
    expect([en.ago(ms), zh.ago(ms)]).toEqual([english, chinese]);
  });

  it.each([
    [23_000, '23 s', '23 秒'],
    [155_000, '2 min 35 s', '2 分 35 秒'],
    [180_000, '3 min', '3 分钟'],
    [3_900_000, '1 h 5 min', '1 小时 5 分'],
  ])('%d ms last %s', (ms, english, chinese) => {
    expect([en.duration(ms), zh.duration(ms)]).toEqual([english, chinese]);
  });

  it('names the day only where it is another one', () => {
    const noon = new Date(2026, 10, 24, 12, 0, 5).getTime();
    expect(en.moment(noon, noon + 1_000)).toBe('12:00:05');
    expect(en.moment(noon, noon + 86_400_000)).toBe('Tue 24 Nov 12:00');
    expect(zh.day(noon)).toBe('11月24日 周二');
  });
});
