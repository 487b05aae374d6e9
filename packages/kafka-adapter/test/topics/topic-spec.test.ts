import { describe, expect, it } from 'vitest';
import { deadLetterContractOf, topicContracts } from '../../src/messages/topics.js';
import { riskwatchTopicSpecs, topicSpecOf } from '../../src/topics/topic-spec.js';

describe('topicSpecOf', () => {
  it('shares what is kept in all among the partitions', () => {
    const { config } = topicSpecOf(topicContracts.detections, { partitions: 8 });
    expect(config).toMatchObject({
      'retention.bytes': String(512 * 1024 * 1024),
      'retention.ms': '7200000',
      'max.message.bytes': '1048576',
      'cleanup.policy': 'delete',
    });
  });

  it('lets the broker stamp results, and never compacts them', () => {
    const { config } = topicSpecOf(topicContracts.results);
    expect(config).toMatchObject({ 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'delete' });
    expect(config).not.toHaveProperty('retention.bytes');
  });

  it('gives dead letters more room than the records that they hold', () => {
    const largest = Math.max(...Object.values(topicContracts).map(({ maxRecordBytes }) => maxRecordBytes));
    expect(deadLetterContractOf('any').maxRecordBytes).toBeGreaterThan(largest);
  });

  it.each([
    [1, '1'],
    [2, '1'],
    [3, '2'],
  ])('with %i replicas wants %s in step', (replicationFactor, inSync) => {
    for (const { config } of riskwatchTopicSpecs({ replicationFactor })) {
      expect(config['min.insync.replicas']).toBe(inSync);
    }
  });

  it.each([{ partitions: 0 }, { partitions: 1.5 }, { replicationFactor: 0 }])('refuses %j', (options) => {
    expect(() => topicSpecOf(topicContracts.tasks, options)).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });
});
