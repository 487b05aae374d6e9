import type { Logger } from 'pino';
import type { Channel } from './channel.js';

/** Alerts as lines of the role's own log. */
export function createConsoleChannel(log: Pick<Logger, 'warn'>): Channel {
  return {
    name: 'console',
    batch: 100,
    deliver: (alert) => {
      log.warn({ alert }, `${alert.riskLevel} risk at ${alert.cameraId}: ${alert.description}`);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
