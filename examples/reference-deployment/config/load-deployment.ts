import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import {
  deploymentFileSchema,
  deploymentSchema,
  type Deployment,
  type DeploymentFile,
} from './deployment.js';
import { parseYaml } from './parse-yaml.js';

/** The deployment file cannot be read or does not say what it must; the message names file, place and rule. */
export class DeploymentConfigError extends Error {
  readonly code = 'deployment_config_invalid';
  override readonly name = 'DeploymentConfigError';
}

/**
 * Reads a resolved deployment file (YAML or JSON).
 * @throws {DeploymentConfigError} where it cannot be read or breaks the schema.
 */
export function loadDeployment(path: string): Deployment {
  return read(path, deploymentSchema);
}

/**
 * Reads a deployment file that leaves to the launcher what a launcher can choose.
 * @throws {DeploymentConfigError} where it cannot be read or breaks the schema.
 */
export function loadDeploymentFile(path: string): DeploymentFile {
  return read(path, deploymentFileSchema);
}

function read<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  let raw: unknown;
  try {
    raw = parseYaml(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new DeploymentConfigError(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw new DeploymentConfigError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * The secret that a reference stands for: `env:NAME`, `file:PATH` (relative to `baseDir`) or the text itself.
 * @throws {DeploymentConfigError} where there is none: the variable is not set, the file is empty or cannot be read. It
 *   names the reference only.
 */
export function resolveSecret(
  reference: string,
  baseDir: string,
  env: NodeJS.ProcessEnv = process.env,
): string {
  if (reference.startsWith('env:')) {
    const value = env[reference.slice(4)];
    if (!value) throw new DeploymentConfigError(`${reference}: the environment variable is not set`);
    return value;
  }
  if (reference.startsWith('file:')) {
    const path = resolve(baseDir, reference.slice(5));
    let secret: string;
    try {
      secret = readFileSync(path, 'utf8').trim();
    } catch (cause) {
      throw new DeploymentConfigError(`${reference}: ${dirname(path)} holds no such readable file`, {
        cause,
      });
    }
    if (secret === '') throw new DeploymentConfigError(`${reference}: the file is empty`);
    return secret;
  }
  return reference;
}
