import { deadLetterTopicOf, topicContracts } from '@riskwatch/kafka-adapter/messages';
import type { Deployment } from '../../config/deployment.js';
import type { FollowedTopic } from './record-feed.js';

/** What a run's report is made of, and who else reads it. */
export function followedTopics({ kafka, dispatch }: Deployment): FollowedTopic[] {
  const name = (topic: 'detections' | 'tasks' | 'results') =>
    kafka.topics[topic].name ?? topicContracts[topic].name;
  const deadLettersOf = (topic: string): FollowedTopic => ({
    name: deadLetterTopicOf(topic),
    kind: 'dead-letters',
    consumerGroups: [],
  });
  return [
    {
      name: name('detections'),
      kind: 'detections',
      consumerGroups: ['riskwatch-flink', 'riskwatch-storage-evidence'],
    },
    deadLettersOf(name('detections')),
    ...(dispatch === 'topic'
      ? [
          { name: name('tasks'), kind: 'tasks' as const, consumerGroups: ['riskwatch-scheduler'] },
          deadLettersOf(name('tasks')),
        ]
      : []),
    {
      name: name('results'),
      kind: 'results',
      consumerGroups: ['riskwatch-storage', 'riskwatch-alerts'],
    },
  ];
}
