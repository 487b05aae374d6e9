// A consumer in a process of its own, to be killed or frozen: prints the offset of each message it has handled.
import { setTimeout as sleep } from 'node:timers/promises';
import { createConsumer } from '@riskwatch/kafka-adapter';

const [brokers, topic, consumerGroup, handleMs, slowMs] = process.argv.slice(2);
const consumer = createConsumer({
  connection: { brokers: [brokers] },
  topic,
  consumerGroup,
  concurrency: 4,
  sessionTimeoutMs: 1_500,
  handle: async ({ offset, key }) => {
    process.stdout.write(`begun ${offset}\n`);
    await sleep(key.toString() === 'slow' ? Number(slowMs) : Number(handleMs));
    process.stdout.write(`done ${offset}\n`);
  },
});
await consumer.start();
process.stdout.write('joined\n');
