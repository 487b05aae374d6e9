import { describe, expect, it } from 'vitest';
import { CounterRate } from '../../../../roles/dashboard/live/counter-rate.js';
import { SteppedRate } from '../../../../roles/dashboard/live/stepped-rate.js';
import { RateWindow } from '../../../../roles/dashboard/live/rate-window.js';

const at = (seconds: number) => 1_000_000_000 + seconds * 1_000;

describe('RateWindow', () => {
  it('is unknown before it begins, and zero when nothing happens after that', () => {
    const rate = new RateWindow(10);
    expect(rate.perSecond(at(5))).toBeNull();
    rate.begin(at(5));
    expect(rate.perSecond(at(5))).toBeNull();
    expect(rate.perSecond(at(7))).toBe(0);
  });

  it('counts whole seconds of the window only, so that a running second does not lower it', () => {
    const rate = new RateWindow(10);
    rate.begin(at(0));
    for (let second = 0; second < 30; second += 1) rate.add(at(second), 4);
    rate.add(at(30));
    expect(rate.perSecond(at(30) + 900)).toBe(4);
  });

  it('divides by the time since it began while that is shorter than the window', () => {
    const rate = new RateWindow(10);
    rate.begin(at(0));
    rate.add(at(0), 6);
    expect(rate.perSecond(at(2))).toBe(3);
  });
});

describe('CounterRate', () => {
  it('is the growth over the window', () => {
    const rate = new CounterRate(10_000);
    for (let second = 0; second <= 20; second += 1)
      rate.sample(at(second), second < 10 ? 0 : (second - 10) * 5);
    expect(rate.perSecond()).toBe(5);
  });

  it('begins anew where the counter has been reset, and never turns negative', () => {
    const rate = new CounterRate(10_000);
    rate.sample(at(0), 1_000);
    rate.sample(at(1), 3);
    expect(rate.perSecond()).toBeNull();
    rate.sample(at(2), 5);
    expect(rate.perSecond()).toBe(2);
  });
});

describe('SteppedRate', () => {
  it('is exact between the moments at which the counter was brought up to date', () => {
    const rate = new SteppedRate();
    for (let second = 0; second <= 29; second += 1) rate.sample(at(second), Math.floor(second / 10) * 120);
    expect(rate.perSecond(at(29))).toBe(12);
  });

  it('is unknown after one look, and zero when the counter stands still', () => {
    const rate = new SteppedRate();
    rate.sample(at(0), 500);
    expect(rate.perSecond(at(1))).toBeNull();
    rate.sample(at(26), 500);
    expect(rate.perSecond(at(26))).toBe(0);
  });

  it('begins anew with a job that counts from zero', () => {
    const rate = new SteppedRate();
    rate.sample(at(0), 500);
    rate.sample(at(10), 620);
    rate.sample(at(20), 30);
    expect(rate.perSecond(at(20))).toBeNull();
    rate.sample(at(30), 60);
    expect(rate.perSecond(at(30))).toBe(3);
  });
});
