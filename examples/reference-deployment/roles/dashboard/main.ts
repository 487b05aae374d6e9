import { runRole } from '../../role-process/run-role.js';
import { dashboardRole } from './dashboard-role.js';

await runRole(dashboardRole());
