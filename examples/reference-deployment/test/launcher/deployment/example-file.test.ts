import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { deploymentFileSchema } from '../../../config/deployment.js';
import { loadDeploymentFile } from '../../../config/load-deployment.js';

it('the example deployment says exactly what holds without it', () => {
  const example = fileURLToPath(new URL('../../../config/riskwatch.yaml', import.meta.url));
  expect(loadDeploymentFile(example)).toEqual(deploymentFileSchema.parse({}));
});
