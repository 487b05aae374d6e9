import { startProviderSimulator } from '@riskwatch/provider-simulator';
import typescript from 'typescript';
import { pointAt } from './snippets.mjs';

const MODEL = 'simulated-vision';

/** A call by the SDK's client that an example has made, for examples that stop there. */
export const oneCall = `
const answer = await client.chat.completions.create({
  model: '${MODEL}',
  messages: [{ role: 'user', content: 'What do you see?' }],
});
console.log(answer.choices[0]?.message.content);
`;

/**
 * Starts a provider that knows the models and the keys that an example names. What it reads from the environment is
 * the provider's address (`…URL`), a list of keys (`KEYS`) or one key.
 * @param {string} example TypeScript
 */
export async function startExampleProvider(example) {
  const { models, variables } = pointAt(example, '');
  const names = variables.filter((name) => !name.endsWith('URL'));
  /** @param {string} name */
  const secretsOf = (name) =>
    name.endsWith('KEYS') ? [1, 2, 3].map((number) => `sk-${name}-${number}`) : [`sk-${name}`];
  const simulator = await startProviderSimulator({
    quotaGroups: [...new Set(names)].flatMap((name) =>
      secretsOf(name).map((secret) => ({ id: `account of ${secret}`, keys: [secret] })),
    ),
    models: [MODEL, ...models],
    delay: { p50Ms: 20, p95Ms: 40 },
  });
  return {
    simulator,
    /** The example as JavaScript that calls this provider. @param {'esm' | 'commonjs'} format */
    javascript(format) {
      const { code } = pointAt(example, simulator.baseUrl);
      const { outputText } = typescript.transpileModule(
        format === 'esm' ? code : withoutTopLevelAwait(code),
        {
          compilerOptions: {
            module: format === 'esm' ? typescript.ModuleKind.ESNext : typescript.ModuleKind.CommonJS,
            target: typescript.ScriptTarget.ES2023,
            esModuleInterop: true,
          },
        },
      );
      return outputText;
    },
    env: {
      ...process.env,
      OPENAI_BASE_URL: simulator.baseUrl,
      ...Object.fromEntries(
        variables.map((name) => [name, name.endsWith('URL') ? simulator.baseUrl : secretsOf(name).join(',')]),
      ),
    },
  };
}

/** CommonJS has no top-level await. @param {string} code */
function withoutTopLevelAwait(code) {
  const imports = /^import [^;]+;$/gm;
  return `${(code.match(imports) ?? []).join('\n')}\nvoid (async () => {\n${code.replace(imports, '')}\n})();\n`;
}
