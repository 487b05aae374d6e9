import { defineConfig } from 'tsup';

export default defineConfig({
  // The inference process is started by its file name, beside the package's own entry.
  entry: { index: 'src/index.ts', 'inference-child': 'src/model/inference-child.ts' },
  format: ['esm'],
  target: 'node20',
  dts: { entry: { index: 'src/index.ts' } },
  sourcemap: true,
  clean: true,
});
