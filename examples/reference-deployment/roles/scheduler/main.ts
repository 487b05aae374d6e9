import { runRole } from '../../role-process/run-role.js';
import { schedulerRole } from './scheduler-role.js';

await runRole(schedulerRole);
