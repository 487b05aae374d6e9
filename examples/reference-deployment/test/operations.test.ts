import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const METRIC = /\b(?:riskwatch|keypool)_[a-z_]+[a-z]\b/g;

it('docs/operations.md names every metric that there is, and no other', () => {
  const code = [
    join(root, 'examples/reference-deployment/roles'),
    join(root, 'examples/reference-deployment/role-process'),
    join(root, 'packages/keypool/src/metrics'),
  ].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap(
        (file) => readFileSync(join(folder, file), 'utf8').match(/'(?:riskwatch|keypool)_[a-z_]+'/g) ?? [],
      )
      .map((quoted) => quoted.slice(1, -1)),
  );
  const documented = readFileSync(join(root, 'docs/operations.md'), 'utf8').match(METRIC) ?? [];
  const names = (found: readonly string[]) => [...new Set(found)].sort();
  expect(names(documented)).toEqual(names(code));
});
