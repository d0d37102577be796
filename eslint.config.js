import tseslint from 'typescript-eslint';

// Each wall: the folder, and the imports that it may not make. ARCHITECTURE.md explains them.
const pure = ['facts', 'scan', 'rules', 'changes', 'verdict', 'report', 'contract'];
const doing = [
  'node:fs',
  'node:fs/promises',
  'node:child_process',
  'node:net',
  'node:http',
  'node:https',
  'execa',
];
const parser = ['tree-sitter', 'tree-sitter-python', 'web-tree-sitter'];

const wall = (files, names, message, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { paths: names.map((name) => ({ name, message })) }] },
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '.cache', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  wall(['src/**/*.ts'], parser, 'Only src/python knows the parser.', ['src/python/**']),
  wall(
    pure.map((folder) => `src/${folder}/**/*.ts`),
    [...doing, ...parser],
    'This folder decides; it neither reads, runs nor sends anything.',
  ),
);
