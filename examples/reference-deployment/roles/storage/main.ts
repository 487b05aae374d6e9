import { runRole } from '../../role-process/run-role.js';
import { storageRole } from './storage-role.js';

await runRole(storageRole);
