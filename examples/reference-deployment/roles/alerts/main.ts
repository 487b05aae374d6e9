import { runRole } from '../../role-process/run-role.js';
import { alertsRole } from './alerts-role.js';

await runRole(alertsRole);
