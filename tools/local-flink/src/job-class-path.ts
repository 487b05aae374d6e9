import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LocalFlinkError } from './local-flink-error.js';

/** The class that runs the job. */
export const jobClass = 'io.riskwatch.flink.job.RiskwatchJob';

/**
 * The class path of the job as `npm run build` leaves it: its own classes and the jars beside them.
 *
 * @throws LocalFlinkError `not_built`.
 */
export const jobClassPath = async (): Promise<string[]> => {
  const connector = dirname(
    createRequire(import.meta.url).resolve('@riskwatch/flink-connector/package.json'),
  );
  const target = join(connector, 'riskwatch-flink-job', 'target');
  const classes = join(target, 'classes');
  const libraries = join(target, 'lib');
  try {
    await access(join(classes, ...jobClass.split('.').slice(0, -1), 'RiskwatchJob.class'));
    await access(libraries);
  } catch (cause) {
    throw new LocalFlinkError('not_built', `The Flink job is not built (${target}): run npm run build`, {
      cause,
    });
  }
  return [classes, join(libraries, '*')];
};
