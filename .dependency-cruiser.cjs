/** Who may import whom; docs/architecture.md says why. A cycle anywhere fails the check. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'packages-never-import-each-other',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^(packages/|node_modules/@riskwatch/)',
        pathNot: ['^packages/$1/', '^(node_modules/@riskwatch|tools)/(local-|provider-)'],
      },
    },
    {
      name: 'packages-know-no-examples',
      severity: 'error',
      from: { path: '^(packages|tools)/' },
      to: { path: '^(examples|bench)/' },
    },
    {
      name: 'only-package-tests-use-tools',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^tools/' },
    },
    {
      name: 'examples-use-published-names',
      severity: 'error',
      from: { path: '^(examples|bench)/' },
      to: { path: '^packages/[^/]+/src/' },
    },
    {
      name: 'keypool-core-is-pure',
      severity: 'error',
      from: { path: '^packages/keypool/src/(keys|limits|admission|strategies|outcome)/' },
      to: {
        path: [
          '^packages/keypool/src/(http|config|cli|metrics|testing)/',
          '^(node:)?(fs|net|http|https|timers)',
        ],
      },
    },
    {
      name: 'kafkajs-in-one-room',
      severity: 'error',
      from: { path: '^packages/kafka-adapter/src/', pathNot: '^packages/kafka-adapter/src/client/' },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'messages-know-only-zod',
      severity: 'error',
      from: { path: '^packages/kafka-adapter/src/messages/' },
      to: { path: '^packages/kafka-adapter/src/', pathNot: '^packages/kafka-adapter/src/(messages/|errors)' },
    },
    {
      name: 'detector-geometry-is-pure',
      severity: 'error',
      from: { path: '^packages/detector/src/(boxes|cluster)/' },
      to: { path: ['node_modules/(onnxruntime-node|sharp)', '^(node:)?child_process'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    exclude: { path: ['(^|/)dist/', '(^|/)target/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
