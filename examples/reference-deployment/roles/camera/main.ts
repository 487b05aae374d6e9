import { runRole } from '../../role-process/run-role.js';
import { startCameras } from './start-cameras.js';

await runRole({
  name: 'camera',
  address: ({ cameras }) => ({ host: cameras.host, port: cameras.port }),
  start: startCameras,
});
