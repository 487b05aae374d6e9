import { startProviderSimulator } from '@riskwatch/provider-simulator';
import typescript from 'typescript';
import { pointAt } from './snippets.mjs';

/**
 * Starts a provider that knows the models and the keys (environment variables) that an example names.
 * @param {string} example TypeScript
 */
export async function startExampleProvider(example) {
  const { models, variables } = pointAt(example, '');
  /** @param {string} name */
  const secret = (name) => `sk-example-${name}`;
  const simulator = await startProviderSimulator({
    quotaGroups: variables.map((name) => ({ id: name, keys: [{ id: name, secret: secret(name) }] })),
    ...(models.length > 0 && { models }),
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
      ...Object.fromEntries(variables.map((name) => [name, secret(name)])),
      OPENAI_BASE_URL: simulator.baseUrl,
    },
  };
}

/** CommonJS has no top-level await. @param {string} code */
function withoutTopLevelAwait(code) {
  const imports = /^import [^;]+;$/gm;
  return `${(code.match(imports) ?? []).join('\n')}\nvoid (async () => {\n${code.replace(imports, '')}\n})();\n`;
}
