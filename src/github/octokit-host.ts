/** GitHub through octokit: Probot's in the App, that of `@octokit/rest` in the Action. */
import type { Octokit } from './octokit.ts';
import { octokitProbes } from './octokit-probes.ts';
import { octokitPullRequests } from './octokit-pull-requests.ts';
import { type Known, readPullRequest } from './octokit-read.ts';
import { octokitReports } from './octokit-reports.ts';
import type { Host } from './ports.ts';

/** @param octokit with the rights of one installation, or of a workflow's token */
export function createOctokitHost(octokit: Octokit): Host {
  let last: Known | undefined;
  return {
    pullRequests: octokitPullRequests(octokit, (known) => {
      last = known;
    }),
    reports: octokitReports(octokit, {
      last: () => last,
      async of(repository, number) {
        const { owner, name } = repository;
        const isLast =
          last?.number === number && last.repository.owner === owner && last.repository.name === name;
        return last !== undefined && isLast
          ? last
          : (await readPullRequest(octokit, repository, number, [])).known;
      },
      forget: () => {
        last = undefined;
      },
    }),
    probes: octokitProbes(octokit),
  };
}
