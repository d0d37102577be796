/** What the stories may rely on, whatever stands behind the ports. */
import { afterEach, describe, expect, it } from 'vitest';
import { createOctokitHost } from '../../src/github/octokit-host.ts';
import { type GithubMock, type SentRequest, mockGithub } from '../support/github-mock.ts';
import { createMemoryHost } from '../support/memory-host.ts';
import { probotOctokit, restOctokit } from '../support/octokits.ts';
import { probeScenarios } from './contract/probes.ts';
import { pullRequestScenarios } from './contract/pull-requests.ts';
import { reportScenarios } from './contract/reports.ts';
import { type Scenario, world } from './contract/scenario.ts';

const scenarios = [...pullRequestScenarios, ...reportScenarios, ...probeScenarios];

describe('in memory', () => {
  it.each(scenarios)('$name', async (scenario) => {
    const github = world();
    scenario.arrange?.(github);
    const host = createMemoryHost(github);
    await run(scenario, () => scenario.act(host, github));
    expect(host.requests).toBe(scenario.requests);
    if (scenario.reviews !== undefined) expect(host.reviews.map(seen)).toEqual(scenario.reviews.map(seen));
  });
});

describe.each([
  ["Probot's octokit", probotOctokit],
  ['@octokit/rest', restOctokit],
])('%s', (_, octokit) => {
  let github: GithubMock | undefined;

  afterEach(() => {
    github?.done();
  });

  it.each(scenarios)('$name', async (scenario) => {
    github = mockGithub();
    scenario.exchange(github);
    const host = createOctokitHost(octokit());
    await run(scenario, () => scenario.act(host));
    expect(github.sent.length).toBe(scenario.requests);
    if (scenario.reviews !== undefined) {
      expect(github.sent.flatMap(postedReview)).toEqual(scenario.reviews.map(seen));
    }
  });
});

async function run({ expected, error }: Scenario, act: () => Promise<unknown>): Promise<void> {
  if (error === undefined) {
    expect(await act()).toEqual(expected);
    return;
  }
  const failure: unknown = await act().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(failure).toBeInstanceOf(error.type);
  expect((failure as Error).message).toContain(error.says);
  expect((failure as Error).message).not.toContain('\n');
}

function seen({ head, body, comments }: NonNullable<Scenario['reviews']>[number]) {
  return { head, body, comments: comments.map(({ path, line, body: text }) => ({ path, line, body: text })) };
}

/** The review in a request, when GitHub accepted it. */
function postedReview({ body, answer }: SentRequest): unknown[] {
  const { variables } = (body ?? {}) as { variables?: { review?: ReviewInput } };
  const { data } = answer as { data?: { review?: unknown } };
  const input = variables?.review;
  if (input === undefined || data?.review == null) return [];
  expect(input.event).toBe('COMMENT');
  return [seen({ head: input.commitOID, body: input.body, comments: input.threads })];
}

interface ReviewInput {
  readonly commitOID: string;
  readonly event: string;
  readonly body: string;
  readonly threads: NonNullable<Scenario['reviews']>[number]['comments'];
}
