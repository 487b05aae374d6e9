import { defineConfig } from 'vitest/config';

const everywhere = ['packages', 'tools', 'examples', 'bench', 'scripts'];
const tests = (suffix: string) => everywhere.map((room) => `${room}/**/test/**/*.${suffix}`);
const never = ['**/node_modules/**', '**/dist/**', '**/target/**'];

/** Projects are kinds of test, not packages: what a test needs decides where it runs. */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: tests('test.ts'),
          exclude: [...never, ...tests('integration.test.ts'), ...tests('acceptance.test.ts')],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: tests('integration.test.ts'),
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: tests('acceptance.test.ts'),
          exclude: never,
          testTimeout: 420_000,
          hookTimeout: 420_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            tsconfig: 'tsconfig.type-tests.json',
            include: tests('test-d.ts'),
            exclude: never,
          },
        },
      },
    ],
  },
});
