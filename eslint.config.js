import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

// Which folder alone knows a library, and which folders decide without doing. ARCHITECTURE.md explains the walls.
const owners = {
  python: ['tree-sitter', 'tree-sitter-python', 'web-tree-sitter'],
  webhooks: ['probot'],
  github: ['@octokit/rest'],
  queue: ['pg-boss'],
  database: ['pg', '@electric-sql/pglite'],
  'scan-pool': ['tinypool'],
  config: ['yaml'],
  cli: ['commander'],
};
const deciding = ['facts', 'scan', 'rules', 'changes', 'verdict', 'report', 'contract', 'config'];
const doing = [
  'node:fs',
  'node:fs/promises',
  'node:child_process',
  'node:net',
  'node:http',
  'node:https',
  'execa',
];

const banned = (folder) => [
  ...Object.entries(owners)
    .filter(([owner]) => owner !== folder)
    .flatMap(([owner, names]) => names.map((name) => ({ name, message: `Only src/${owner} knows it.` }))),
  ...(deciding.includes(folder)
    ? doing.map((name) => ({
        name,
        message: 'This folder decides; it neither reads, runs nor sends anything.',
      }))
    : []),
];

const walls = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({
    files: [`src/${name}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { paths: banned(name) }] },
  }));

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
  ...walls,
);
