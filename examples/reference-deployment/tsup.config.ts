import { defineConfig } from 'tsup';

const roles = ['camera', 'scheduler', 'storage', 'alerts', 'dashboard'];

export default defineConfig({
  entry: {
    launcher: 'launcher/main.ts',
    ...Object.fromEntries(roles.map((role) => [role, `roles/${role}/main.ts`])),
  },
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
});
