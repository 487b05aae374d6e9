import { expect, it } from 'vitest';
import { configFileOf, settingsOf } from '../src/job-options.js';

const place = {
  checkpoints: '/data/checkpoints',
  savepoints: '/data/savepoints',
  host: '127.0.0.1',
  restPort: 0,
};

it('writes only what was asked for, so that the job has its own defaults', () => {
  const settings = settingsOf(
    {
      brokers: ['a:1', 'b:2'],
      policyVersion: '1',
      dispatch: { mode: 'http', endpoint: 'http://s/v1/assessments' },
    },
    place,
  );
  expect(settings).toMatchObject({
    'riskwatch.kafka.bootstrap-servers': 'a:1,b:2',
    'riskwatch.dispatch.endpoint': 'http://s/v1/assessments',
    'execution.checkpointing.dir': 'file:///data/checkpoints',
    'parallelism.default': '1',
  });
  expect(Object.keys(settings)).not.toContain('riskwatch.task.deadline');
  expect(Object.keys(settings)).not.toContain('execution.state-recovery.path');
});

it('hands every option over in the words of the job', () => {
  const settings = settingsOf(
    {
      brokers: ['a:1'],
      kafkaProperties: { 'security.protocol': 'SSL' },
      detectionsTopic: 'd',
      deadLettersTopic: 'x',
      consumerGroup: 'g',
      policyVersion: '2',
      dispatch: { mode: 'topic', tasksTopic: 't' },
      deadlineSeconds: 12.5,
      dedupeMinutes: 0,
      parallelism: 3,
      checkpointSeconds: 2,
      settings: { 'riskwatch.task.priority': '4' },
    },
    { ...place, restoreFrom: '/data/checkpoints/1/chk-7' },
  );
  expect(settings).toMatchObject({
    'riskwatch.kafka.properties.security.protocol': 'SSL',
    'riskwatch.detections.topic': 'd',
    'riskwatch.dead-letters.topic': 'x',
    'riskwatch.kafka.consumer-group': 'g',
    'riskwatch.dispatch.mode': 'topic',
    'riskwatch.dispatch.topic': 't',
    'riskwatch.task.deadline': '12500 ms',
    'riskwatch.dedupe.ttl': '0 ms',
    'execution.checkpointing.interval': '2000 ms',
    'execution.state-recovery.path': 'file:///data/checkpoints/1/chk-7',
    'riskwatch.task.priority': '4',
  });
});

it('writes YAML that no value can break out of', () => {
  expect(configFileOf({ 'a.b': 'say "hi"\nrest.port: 1' })).toBe('"a.b": "say \\"hi\\"\\nrest.port: 1"\n');
});
