import { expect, it } from 'vitest';
import { kafkaSchema } from '../../../config/deployment.js';
import { topicSpecs } from '../../../launcher/start/topic-specs.js';

it('has each topic as the deployment wants it, with its dead letters', () => {
  const { topics } = kafkaSchema.parse({
    brokers: ['b:1'],
    topics: {
      results: { name: 'verdicts', partitions: 24, replicationFactor: 3 },
      deadLetters: { partitions: 2 },
    },
  });
  expect(
    topicSpecs(topics).map(({ name, partitions, replicationFactor }) => [
      name,
      partitions,
      replicationFactor,
    ]),
  ).toEqual([
    ['detection-results-topic', 6, 1],
    ['detection-results-topic.dlq', 2, 1],
    ['assessment-tasks-topic', 6, 1],
    ['assessment-tasks-topic.dlq', 2, 1],
    ['verdicts', 24, 3],
    ['verdicts.dlq', 2, 1],
  ]);
});
