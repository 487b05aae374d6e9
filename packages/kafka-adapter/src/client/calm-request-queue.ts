import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * kafkajs 2.2.4 looks for delayed requests of each connection every millisecond, for ever, also where there are none
 * (its timer is set to a moment long past; Node 24 warns of it). A process with a few connections is woken a thousand
 * times a second and spends some 4 % of a core on nothing. Where nothing is delayed there is nothing to look for: what
 * is delayed later sets the timer itself.
 */
export function calmRequestQueues(): void {
  const queue = RequestQueue.prototype;
  const schedule = queue.scheduleCheckPendingRequests;
  if (isCalm in queue) return;
  Object.defineProperty(queue, isCalm, { value: true });
  queue.scheduleCheckPendingRequests = function (this: typeof queue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}

const isCalm = Symbol.for('riskwatch.calmRequestQueues');
