import type { Logger } from 'pino';
import type { Deployment } from '../../../config/deployment.js';
import { DeploymentConfigError, resolveSecret } from '../../../config/load-deployment.js';
import type { Channel } from './channel.js';
import { createConsoleChannel } from './console.js';
import { createWebhookChannel } from './webhook.js';

export interface ChannelContext {
  readonly deployment: Pick<Deployment, 'alerts' | 'site'>;
  /** Relative secret references start here. */
  readonly configDir: string;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => number;
}

/**
 * The channels of a deployment, by name: `console` and each webhook.
 * @throws {DeploymentConfigError} where a rule names a channel that is not there, or a webhook cannot be one.
 */
export function createChannels(context: ChannelContext): Map<string, Channel> {
  const { rules, webhooks } = context.deployment.alerts;
  const known = new Set(['console', ...Object.keys(webhooks)]);
  for (const { name, channels } of rules) {
    const unknown = channels.find((channel) => !known.has(channel));
    if (unknown !== undefined) {
      throw new DeploymentConfigError(
        `alerts.rules: rule ${name} names the channel ${unknown}; there are ${[...known].join(', ')}`,
      );
    }
  }
  const channels = [
    createConsoleChannel(context.log),
    ...Object.entries(webhooks).map(([name, webhook]) => {
      if (name === 'console') {
        throw new DeploymentConfigError(
          'alerts.webhooks: `console` is the log; give the webhook another name',
        );
      }
      return createWebhookChannel({
        name,
        url: webhookUrl(name, webhook.url, context.configDir),
        token: webhook.token === undefined ? undefined : resolveSecret(webhook.token, context.configDir),
        perSecond: webhook.perSecond,
        site: context.deployment.site,
        now: context.now,
      });
    }),
  ];
  return new Map(channels.map((channel) => [channel.name, channel]));
}

function webhookUrl(name: string, reference: string, configDir: string): string {
  const url = resolveSecret(reference, configDir);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new DeploymentConfigError(`alerts.webhooks.${name}.url: must be (or refer to) an http(s) address`);
  }
  return url;
}
