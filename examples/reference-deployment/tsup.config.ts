import { cpSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { buildPage } from './roles/dashboard/build-page.js';

const roles = ['camera', 'scheduler', 'storage', 'alerts', 'dashboard'];
const rolesWithTables = ['storage', 'alerts'];

export default defineConfig({
  entry: {
    launcher: 'launcher/main.ts',
    ...Object.fromEntries(roles.map((role) => [role, `roles/${role}/main.ts`])),
  },
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
  // A role finds its migrations beside its own file, in source as in dist.
  onSuccess: async () => {
    for (const role of rolesWithTables) {
      cpSync(`roles/${role}/${role}-migrations`, `dist/${role}-migrations`, { recursive: true });
    }
    await buildPage('roles/dashboard/page', 'dist/page');
  },
});
