import { expect, it } from 'vitest';
import { asModules, fencedBlocks, pointAt } from '../lib/snippets.mjs';

it('finds every fenced block, how it is checked, and where it stands', () => {
  const markdown = [
    '# A',
    '```ts run',
    'a();',
    '',
    'b();',
    '```',
    'text ```x```',
    '````md',
    '```ts',
    '```',
    '````',
  ].join('\n');
  expect(fencedBlocks(markdown)).toEqual([
    { language: 'ts', isRun: true, code: 'a();\n\nb();\n', line: 2 },
    { language: 'md', isRun: false, code: '```ts\n```\n', line: 8 },
  ]);
});

it('points an example at the simulator', () => {
  const example = `openaiCompatible({ baseUrl: 'https://api.provider.example/some/v1' });
    call({ secret: process.env.KEY_1, other: process.env['KEY_2'], model: 'vision-small' });
    see('https://docs.example/v1x');`;
  expect(pointAt(example, 'http://127.0.0.1:1/v1')).toEqual({
    code: example.replace('https://api.provider.example/some/v1', 'http://127.0.0.1:1/v1'),
    models: ['vision-small'],
    variables: ['KEY_1', 'KEY_2'],
  });
});

it('lets a snippet without imports go on from the one before', () => {
  const markdown = [
    ...['```ts', "import { a } from 'a';", 'const b = a;', '```'],
    ...['```sh', 'npm start', '```', '```ts', 'const b = 1;', '```', '```ts', 'use(b);', '```'],
    ...['```ts run', "import { c } from 'c';", '```'],
  ].join('\n');
  expect(asModules(fencedBlocks(markdown)).map(({ code }) => code)).toEqual([
    "import { a } from 'a';\nconst b = a;\n",
    "import { a } from 'a';\nconst b = a;\n{\nconst b = 1;\n}\n",
    "import { a } from 'a';\nconst b = a;\n{\nconst b = 1;\n{\nuse(b);\n}\n}\n",
    "import { c } from 'c';\n",
  ]);
});
