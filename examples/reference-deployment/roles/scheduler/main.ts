import sharp from 'sharp';
import { runRole } from '../../role-process/run-role.js';
import { schedulerRole } from './scheduler-role.js';

// Only headers of pictures are read here: no threads, nothing to remember.
sharp.concurrency(1);
sharp.cache(false);

await runRole(schedulerRole);
