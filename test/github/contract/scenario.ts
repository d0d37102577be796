/** One thing that a host must do, and GitHub's side of it. */
import type { Host, PublishedReport, PublishedReview } from '../../../src/github/ports.ts';
import type { GithubMock } from '../../support/github-mock.ts';
import type { World } from '../../support/memory-host.ts';

export interface Scenario {
  readonly name: string;
  /** How this GitHub differs from `world()`. */
  readonly arrange?: (world: World) => void;
  /** What octokit will ask, and GitHub's answers. */
  readonly exchange: (github: GithubMock) => void;
  /** @param world only of the host in memory */
  readonly act: (host: Host, world?: World) => Promise<unknown>;
  /** What `act` resolves to, or the error that it throws. */
  readonly expected?: unknown;
  readonly error?: { readonly type: abstract new (...values: never[]) => Error; readonly says: string };
  /** What can be seen on GitHub afterwards. */
  readonly reviews?: readonly Pick<PublishedReview, 'head' | 'body' | 'comments'>[];
  readonly requests: number;
}

export const repository = { owner: 'octo', name: 'shop' };
export const BASE = 'b'.repeat(40);
export const HEAD = 'e'.repeat(40);
export const REPO = '/repos/octo/shop';

const lines = Array.from({ length: 40 }, (_, index) => `line_${index + 1} = ${index + 1}`);
export const BEFORE = `${lines.join('\n')}\n`;
export const AFTER = BEFORE.replace('line_10 = 10', 'line_10 = []');
export const PATCH =
  '@@ -7,7 +7,7 @@\n line_7 = 7\n line_8 = 8\n line_9 = 9\n-line_10 = 10\n+line_10 = []\n line_11 = 11\n line_12 = 12\n line_13 = 13';

export function world(): World {
  return {
    repository,
    pullRequest: {
      number: 7,
      isOpen: true,
      isDraft: false,
      head: HEAD,
      base: BASE,
      isFork: false,
      author: 'ada',
    },
    config: null,
    trees: {
      [BASE]: { 'app.py': BEFORE, 'logo.py': new Uint8Array([0, 1, 2]) },
      [HEAD]: { 'app.py': AFTER, 'logo.py': new Uint8Array([0, 1, 2]), 'large.py': 'x'.repeat(600_000) },
    },
    users: { ada: 'write', bob: 'triage' },
    withheld: [],
    workflows: { 'leakcheck-probe.yml': ['leakcheck/probe'] },
    artifacts: {},
  };
}

const ids = { id: 5, nodeId: 'CR_5' };
export const start = { head: HEAD, key: 'key-1', title: 'Reviewing', summary: 'Comparing' };

export function report(
  check: PublishedReport['check'],
  changes: Partial<PublishedReport> = {},
): PublishedReport {
  return {
    check,
    conclusion: 'failure',
    title: 'One leak',
    summary: 'One finding',
    annotations: [
      {
        path: 'app.py',
        startLine: 30,
        endLine: 31,
        level: 'warning',
        title: 'Kept',
        message: 'Kept by a global',
      },
    ],
    review: null,
    ...changes,
  };
}

export function review(line = 10, changes: Partial<PublishedReview> = {}): PublishedReview {
  const comments = [{ path: 'app.py', line, startLine: undefined, body: 'It grows' }];
  return { pullRequest: 7, head: HEAD, body: 'What was found', comments, ...changes };
}

export function expectStart(github: GithubMock): void {
  github.rest('POST /repos/{owner}/{repo}/check-runs', `${REPO}/check-runs`, {
    status: 201,
    answer: { id: ids.id, node_id: ids.nodeId },
  });
}

interface Read {
  readonly config?: string;
  readonly pullRequest?: Record<string, unknown>;
  readonly checks?: readonly Record<string, unknown>[];
  readonly app?: string;
  readonly reviews?: readonly Record<string, unknown>[];
  readonly organisation?: unknown;
  readonly objects?: Record<string, unknown>;
}

/** What GitHub answers to a read, before its schema picks what was asked. */
export function readRoot({ pullRequest, checks = [], app = 'leakcheck', reviews = [], ...rest }: Read = {}) {
  const checkRuns = () => ({ nodes: checks });
  const commit = { oid: HEAD, checkSuites: () => ({ nodes: [{ app: { slug: app }, checkRuns }] }) };
  const objects: Record<string, unknown> = { ...rest.objects };
  if (rest.config !== undefined) objects['HEAD:.github/leakcheck.yml'] = textBlob(rest.config);
  const own = {
    id: 'R_1',
    object: ({ expression }: { expression: string }) => objects[expression] ?? null,
    pullRequest: () => ({
      id: 'PR_7',
      state: 'OPEN',
      isDraft: false,
      isCrossRepository: false,
      headRefOid: HEAD,
      baseRefOid: BASE,
      author: { __typename: 'User', login: 'ada' },
      commits: { nodes: [{ commit }] },
      reviews: { nodes: reviews },
      reviewThreads: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] },
      ...pullRequest,
    }),
  };
  return {
    viewer: { login: 'leakcheck[bot]' },
    repository: ({ name }: { name: string }) => (name === '.github' ? resolved(rest.organisation) : own),
  };
}

function resolved(organisation: unknown): unknown {
  return typeof organisation === 'function' ? (organisation as () => unknown)() : (organisation ?? null);
}

export function textBlob(text: string) {
  return { __typename: 'Blob', text, isBinary: false, isTruncated: false };
}

export const wroteCheck = { checkRun: { id: 'CR_5' } };
export const wroteReview = { pullRequestReview: { id: 'PRR_1' } };
