// Writes schemas/*.schema.json from the built messages; part of this package's build.
import { writeFileSync } from 'node:fs';
import { messageJsonSchemas } from '../dist/messages/index.js';

for (const [name, schema] of Object.entries(messageJsonSchemas())) {
  const file = new URL(`../schemas/${name}.schema.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
