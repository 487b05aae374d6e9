import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertOf } from '../../../roles/alerts/alert.js';
import { DeliveryError, type Channel } from '../../../roles/alerts/channels/channel.js';
import { createWebhookChannel } from '../../../roles/alerts/channels/webhook.js';
import { verdict } from '../results.js';
import { startWebhookReceiver } from './webhook-receiver.js';

const alert = alertOf(verdict(), 'serious', new Date('2026-05-01T08:30:02Z'));
const signal = new AbortController().signal;

let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;
let channel: Channel;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
  channel = createWebhookChannel({
    name: 'pager',
    url: receiver.url,
    token: 'hook-token',
    perSecond: 1_000,
    site: 'Plant 7',
    now: () => Date.parse('2026-05-01T08:30:00Z'),
    deadlineMs: 200,
  });
});
afterEach(async () => {
  await channel.close();
  await receiver.close();
});

const failureOf = async (): Promise<DeliveryError> => {
  const error = await channel.deliver(alert, { signal }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DeliveryError);
  return error as DeliveryError;
};

describe('a webhook', () => {
  it('sends the alert, its key and its token', async () => {
    await channel.deliver(alert, { signal });
    expect(receiver.calls).toMatchObject([
      {
        headers: {
          'idempotency-key': alert.taskId,
          authorization: 'Bearer hook-token',
          'content-type': 'application/json',
        },
        body: { site: 'Plant 7', taskId: alert.taskId, riskLevel: 'high', rule: 'serious' },
      },
    ]);
  });

  it('takes every answer but 2xx for a no, and follows no redirect', async () => {
    receiver.answerWith((response) => response.writeHead(302, { location: receiver.url }).end());
    expect((await failureOf()).message).toBe('answered 302');
    receiver.answerWith((response) => response.writeHead(503, { 'retry-after': '7' }).end('busy'));
    expect(await failureOf()).toMatchObject({ message: 'answered 503', retryAfterMs: 7_000 });
    expect(receiver.calls).toHaveLength(2);
  });

  it('waits no longer than its deadline', async () => {
    receiver.answerWith(() => {});
    expect((await failureOf()).message).toBe('no answer within 200 ms');
  });

  it('takes a 2xx for a yes, even where its body never ends', async () => {
    receiver.answerWith((response) => response.writeHead(200).write('the rest never comes'));
    await channel.deliver(alert, { signal });
    expect(receiver.calls).toHaveLength(1);
  });

  it('tells of a dead receiver without its address or token', async () => {
    await receiver.close();
    const { message } = await failureOf();
    expect(message).toContain('ECONNREFUSED');
    expect(message).not.toMatch(/hook|127\.0\.0\.1/);
    receiver = await startWebhookReceiver();
  });

  it('does nothing more once it is to stop', async () => {
    const stopped = AbortSignal.abort(new Error('stopping'));
    await expect(channel.deliver(alert, { signal: stopped })).rejects.toThrow();
    expect(receiver.calls).toEqual([]);
  });

  it('sends a whole batch, and each only once', async () => {
    await Promise.all(Array.from({ length: channel.batch }, () => channel.deliver(alert, { signal })));
    expect(receiver.calls).toHaveLength(channel.batch);
  });
});
