import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { StopRequest, StopRequested } from '../../../launcher/stop/stop-request.js';

let request: StopRequest | undefined;
afterEach(() => request?.dispose());

function watched(withParent = false) {
  const emitter = Object.assign(new EventEmitter(), { ppid: 10 });
  let now = 0;
  let forced = 0;
  request = new StopRequest({
    process: emitter as unknown as NodeJS.Process,
    withParent,
    onForced: () => (forced += 1),
    now: () => now,
  });
  return {
    request,
    emitter,
    send(name: string, atMs: number) {
      now = atMs;
      emitter.emit(name, name);
    },
    forced: () => forced,
  };
}

describe('a request to stop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('comes by %s', (name) => {
    const { request, send } = watched();
    expect(request.signal.aborted).toBe(false);
    send(name, 0);
    expect(request.signal.reason).toBeInstanceOf(StopRequested);
    expect((request.signal.reason as Error).message).toBe(name);
  });

  it('is forced by a second Ctrl-C, not by the echo of the first', () => {
    const { send, forced } = watched();
    send('SIGINT', 0);
    send('SIGINT', 30);
    send('SIGHUP', 5_000);
    expect(forced()).toBe(0);
    send('SIGINT', 2_000);
    expect(forced()).toBe(1);
  });

  it('comes when npm is gone, which never forces', async () => {
    const { request, emitter, forced } = watched(true);
    emitter.ppid = 1;
    await expect.poll(() => request.signal.aborted, { timeout: 3_000 }).toBe(true);
    expect((request.signal.reason as Error).message).toBe('npm is gone');
    expect(forced()).toBe(0);
  });

  it('listens to nothing any more once it is disposed of', () => {
    const { request, emitter } = watched();
    request.dispose();
    expect(emitter.eventNames()).toEqual([]);
  });
});
