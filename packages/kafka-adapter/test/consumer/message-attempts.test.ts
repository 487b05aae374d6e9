import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { KafkaRecord } from '../../src/client/record.js';
import { resolveConsumerOptions, type ConsumerOptions } from '../../src/consumer/consumer-options.js';
import { MessageAttempts } from '../../src/consumer/message-attempts.js';

const record: KafkaRecord = {
  topic: 't',
  partition: 0,
  offset: 7,
  timestamp: 0,
  key: null,
  value: null,
  headers: {},
};
const place = { leave: () => undefined, comeBack: () => Promise.resolve() };

it('finishes a message although its observer throws, and says so', async () => {
  const options: ConsumerOptions = {
    connection: { brokers: ['localhost:9092'] },
    topic: 't',
    consumerGroup: 'g',
    deadLetters: false,
    retry: { maxAttempts: 2, initialDelayMs: 1 },
    handle: () => {
      throw new Error('always');
    },
    onEvent: ({ type }) => {
      throw new Error(`a bug in counting ${type}`);
    },
  };
  const warning = once(process, 'warning');
  const attempts = new MessageAttempts(resolveConsumerOptions(options));
  await attempts.complete(record, new AbortController().signal, place);
  expect(await warning).toEqual([new Error('a bug in counting handler-failed')]);
});
