import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { deploymentSchema, type DeploymentInput } from '../../../config/deployment.js';
import { DeploymentConfigError } from '../../../config/load-deployment.js';
import { createChannels } from '../../../roles/alerts/channels/create-channels.js';

const channelsOf = (alerts: DeploymentInput['alerts']) =>
  createChannels({
    deployment: deploymentSchema.parse({
      dataDir: '/var/lib/riskwatch',
      kafka: { brokers: ['127.0.0.1:9092'] },
      scheduler: { keysFile: 'keys.yaml' },
      alerts,
    }),
    configDir: '/etc/riskwatch',
    log: pino({ enabled: false }),
    now: () => 0,
  });

const rules = (...channels: string[]) => [{ name: 'all', channels }];

describe('createChannels', () => {
  it('makes the console and each webhook', async () => {
    const channels = channelsOf({
      rules: rules('pager'),
      webhooks: { pager: { url: 'https://pager.example/hook' } },
    });
    expect([...channels.keys()]).toEqual(['console', 'pager']);
    await Promise.all([...channels.values()].map((channel) => channel.close()));
  });

  it.each([
    ['a rule with a channel that is not there', { rules: rules('sms') }, /sms; there are console/],
    ['a webhook called console', { webhooks: { console: { url: 'https://pager.example' } } }, /another name/],
    ['a webhook without a web address', { webhooks: { pager: { url: 'ftp://pager.example' } } }, /http/],
    ['a reference that leads nowhere', { webhooks: { pager: { url: 'env:RISKWATCH_NOT_SET' } } }, /not set/],
  ])('refuses %s', (_, alerts, message) => {
    expect(() => channelsOf(alerts)).toThrow(DeploymentConfigError);
    expect(() => channelsOf(alerts)).toThrow(message);
  });
});
