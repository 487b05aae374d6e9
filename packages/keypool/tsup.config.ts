import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'strategies/index': 'src/strategies/index.ts',
    'providers/index': 'src/providers/index.ts',
    'config/index': 'src/config/index.ts',
    'metrics/index': 'src/metrics/index.ts',
    'testing/index': 'src/testing/index.ts',
    'undici/index': 'src/http/undici/index.ts',
  },
  format: ['esm'],
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
});
