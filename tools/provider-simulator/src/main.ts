import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { SimulatorOptions } from './options.js';
import { startProviderSimulator } from './simulator.js';

/**
 * `node dist/main.js --config FILE [--port N]`: the simulator as a process. FILE holds its options as JSON. Says
 * `{ type: 'listening', port }` to its parent and ends when the parent goes, or at SIGTERM or SIGINT.
 */
const { values } = parseArgs({ options: { config: { type: 'string' }, port: { type: 'string' } } });
if (!values.config) throw new TypeError('provider-simulator: --config FILE is missing');
const options = JSON.parse(readFileSync(values.config, 'utf8')) as SimulatorOptions;

// Tiny pictures, many at once: decoding gains nothing from more threads or a cache.
sharp.concurrency(1);
sharp.cache(false);

const simulator = await startProviderSimulator({
  ...options,
  ...(values.port !== undefined && { port: Number(values.port) }),
});
const stop = () => void simulator.stop().finally(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.once('disconnect', stop);
if (process.connected) process.send?.({ type: 'listening', port: simulator.port });
else process.stdout.write(`listening on ${simulator.baseUrl}\n`);
