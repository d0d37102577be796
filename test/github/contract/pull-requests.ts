import { MissingPermission, NotFound, TooManyFiles } from '../../../src/github/errors.ts';
import { problem } from '../../support/github-mock.ts';
import { AFTER, BASE, HEAD, PATCH, REPO, type Scenario, readRoot, repository, textBlob } from './scenario.ts';

const COMPARE = 'GET /repos/{owner}/{repo}/compare/{basehead}';
const PERMISSION = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
const comparePath = `${REPO}/compare/${BASE}...${HEAD}`;

const state = {
  isOpen: true,
  isDraft: false,
  head: HEAD,
  base: BASE,
  isFork: false,
  author: 'ada',
  config: null,
  blobs: [],
  threads: [],
};

const many = Array.from({ length: 300 }, (_, index) => `f${index}.py`);

function permission(
  user: string,
  basic: string,
  role: string,
): Pick<Scenario, 'exchange' | 'act' | 'requests'> {
  return {
    exchange(github) {
      github.rest(PERMISSION, `${REPO}/collaborators/${user}/permission`, {
        status: 200,
        answer: { permission: basic, role_name: role },
      });
    },
    act: ({ pullRequests }) => pullRequests.permission(repository, user),
    requests: 1,
  };
}

export const pullRequestScenarios: readonly Scenario[] = [
  {
    name: 'compares with the merge base',
    exchange(github) {
      github.rest(COMPARE, comparePath, {
        status: 200,
        answer: {
          merge_base_commit: { sha: BASE },
          files: [
            { filename: 'app.py', status: 'modified', patch: PATCH },
            { filename: 'large.py', status: 'added', patch: `@@ -0,0 +1,1 @@\n+${'x'.repeat(600_000)}` },
          ],
        },
      });
    },
    act: ({ pullRequests }) => pullRequests.compare(repository, BASE, HEAD),
    expected: {
      mergeBase: BASE,
      files: [
        { path: 'app.py', previousPath: undefined, status: 'modified', patch: PATCH },
        {
          path: 'large.py',
          previousPath: undefined,
          status: 'added',
          patch: `@@ -0,0 +1,1 @@\n+${'x'.repeat(600_000)}`,
        },
      ],
    },
    requests: 1,
  },
  {
    name: 'says when there are more files than one answer can hold',
    arrange(world) {
      world.trees[HEAD] = Object.fromEntries(many.map((path) => [path, 'x = 1\n']));
    },
    exchange(github) {
      const files = many.map((filename) => ({ filename, status: 'added' }));
      github.rest(COMPARE, comparePath, { status: 200, answer: { merge_base_commit: { sha: BASE }, files } });
    },
    act: ({ pullRequests }) => pullRequests.compare(repository, BASE, HEAD),
    error: { type: TooManyFiles, says: '300 files' },
    requests: 1,
  },
  {
    name: 'says when a commit is gone',
    arrange(world) {
      world.trees = {};
    },
    exchange(github) {
      github.rest(COMPARE, comparePath, { status: 404, answer: { message: 'Not Found' } });
    },
    act: ({ pullRequests }) => pullRequests.compare(repository, BASE, HEAD),
    error: { type: NotFound, says: BASE },
    requests: 1,
  },
  {
    name: 'says which permission is missing to compare',
    arrange(world) {
      world.withheld = ['contents: read'];
    },
    exchange(github) {
      github.rest(COMPARE, comparePath, {
        status: 403,
        raw: { message: 'Resource not accessible by integration' },
      });
    },
    act: ({ pullRequests }) => pullRequests.compare(repository, BASE, HEAD),
    error: { type: MissingPermission, says: '"contents: read"' },
    requests: 1,
  },
  {
    name: 'reads state and contents at once',
    exchange(github) {
      const objects = {
        [`${HEAD}:app.py`]: textBlob(AFTER),
        [`${HEAD}:logo.py`]: { __typename: 'Blob', text: null, isBinary: true, isTruncated: false },
        [`${HEAD}:large.py`]: { __typename: 'Blob', text: 'xxx', isBinary: false, isTruncated: true },
      };
      github.graphql(readRoot({ objects }));
    },
    act: ({ pullRequests }) =>
      pullRequests.read(
        repository,
        7,
        ['app.py', 'gone.py', 'logo.py', 'large.py'].map((path) => ({ commit: HEAD, path })),
      ),
    expected: {
      ...state,
      blobs: [{ text: AFTER }, { missing: 'absent' }, { missing: 'binary' }, { missing: 'truncated' }],
    },
    requests: 1,
  },
  {
    name: 'reads more than fifty contents in parts, in order',
    arrange(world) {
      world.trees[HEAD] = Object.fromEntries(many.slice(0, 51).map((path) => [path, `# ${path}\n`]));
    },
    exchange(github) {
      const objects = Object.fromEntries(
        many.slice(0, 51).map((path) => [`${HEAD}:${path}`, textBlob(`# ${path}\n`)]),
      );
      github.graphql(readRoot({ objects }));
      github.graphql(readRoot({ objects }));
    },
    act: ({ pullRequests }) =>
      pullRequests.read(
        repository,
        7,
        many.slice(0, 51).map((path) => ({ commit: HEAD, path })),
      ),
    expected: { ...state, blobs: many.slice(0, 51).map((path) => ({ text: `# ${path}\n` })) },
    requests: 2,
  },
  {
    name: 'reads the config of the default branch',
    arrange(world) {
      world.config = { text: 'block-on: any\n', source: 'octo/shop/.github/leakcheck.yml' };
    },
    exchange(github) {
      github.graphql(readRoot({ config: 'block-on: any\n' }));
    },
    act: ({ pullRequests }) => pullRequests.read(repository, 7, []),
    expected: { ...state, config: { text: 'block-on: any\n', source: 'octo/shop/.github/leakcheck.yml' } },
    requests: 1,
  },
  {
    name: "reads the organisation's config where the repository has none",
    arrange(world) {
      world.config = { text: 'block-on: high\n', source: 'octo/.github/.github/leakcheck.yml' };
    },
    exchange(github) {
      github.graphql(readRoot({ organisation: { object: () => textBlob('block-on: high\n') } }));
    },
    act: ({ pullRequests }) => pullRequests.read(repository, 7, []),
    expected: {
      ...state,
      config: { text: 'block-on: high\n', source: 'octo/.github/.github/leakcheck.yml' },
    },
    requests: 1,
  },
  {
    name: 'goes on where the organisation has no .github repository',
    exchange(github) {
      github.graphql(readRoot({ organisation: problem('NOT_FOUND', 'Could not resolve to a Repository') }));
    },
    act: ({ pullRequests }) => pullRequests.read(repository, 7, []),
    expected: state,
    requests: 1,
  },
  {
    name: 'tells a closed draft from a fork',
    arrange(world) {
      world.pullRequest = { ...world.pullRequest, isOpen: false, isDraft: true, isFork: true };
    },
    exchange(github) {
      github.graphql(readRoot({ pullRequest: { state: 'MERGED', isDraft: true, isCrossRepository: true } }));
    },
    act: ({ pullRequests }) => pullRequests.read(repository, 7, []),
    expected: { ...state, isOpen: false, isDraft: true, isFork: true },
    requests: 1,
  },
  {
    name: 'says when the pull request is not there',
    exchange(github) {
      const pullRequest = problem('NOT_FOUND', 'Could not resolve to a PullRequest with the number of 8.');
      github.graphql({ ...readRoot(), repository: { id: 'R_1', object: null, pullRequest } });
    },
    act: ({ pullRequests }) => pullRequests.read(repository, 8, []),
    error: { type: NotFound, says: '#8' },
    requests: 1,
  },
  { name: 'asks for a permission', ...permission('ada', 'write', 'write'), expected: 'write' },
  { name: 'tells the finer roles', ...permission('bob', 'read', 'triage'), expected: 'triage' },
  {
    name: 'knows nobody by default',
    exchange(github) {
      github.rest(PERMISSION, `${REPO}/collaborators/eve/permission`, {
        status: 404,
        answer: { message: 'eve is not a user' },
      });
    },
    act: ({ pullRequests }) => pullRequests.permission(repository, 'eve'),
    expected: 'none',
    requests: 1,
  },
];
