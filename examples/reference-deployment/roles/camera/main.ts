import sharp from 'sharp';
import { runRole } from '../../role-process/run-role.js';
import { startCameras } from './start-cameras.js';

// Small pictures, many at once: more threads for each cost more than they bring.
sharp.concurrency(1);
sharp.cache(false);

await runRole({
  name: 'camera',
  address: ({ cameras }) => ({ host: cameras.host, port: cameras.port }),
  start: startCameras,
});
