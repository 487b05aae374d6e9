import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calmRequestQueues } from '../../src/client/calm-request-queue.js';

/** What kafkajs keeps of a connection's delayed requests, as far as the timer goes. */
function queueWith(pending: unknown[]): RequestQueue {
  const queue = Object.create(RequestQueue.prototype) as RequestQueue;
  return Object.assign(queue, { pending, throttledUntil: -1, throttleCheckTimeoutId: null });
}

describe('calmRequestQueues', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sets no timer while nothing is delayed, and one while something is', () => {
    calmRequestQueues();
    calmRequestQueues();
    queueWith([]).scheduleCheckPendingRequests();
    expect(vi.getTimerCount()).toBe(0);
    queueWith([{}]).scheduleCheckPendingRequests();
    expect(vi.getTimerCount()).toBe(1);
  });
});
