import { topicSpecOf, type TopicSpec } from '@riskwatch/kafka-adapter';
import { deadLetterContractOf, topicContracts } from '@riskwatch/kafka-adapter/messages';
import type { Deployment } from '../../config/deployment.js';

/** The deployment's topics, each with the one for its dead letters. */
export function topicSpecs(topics: Deployment['kafka']['topics']): TopicSpec[] {
  const { partitions, replicationFactor } = topics.deadLetters;
  return (['detections', 'tasks', 'results'] as const).flatMap((topic) => {
    const spec = topicSpecOf(topicContracts[topic], topics[topic]);
    return [spec, topicSpecOf(deadLetterContractOf(spec.name), { partitions, replicationFactor })];
  });
}
