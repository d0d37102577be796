import { createHash } from 'node:crypto';
import { BadArtifact, MissingPermission, MissingWorkflow, Refused } from '../../../src/github/errors.ts';
import type { GithubMock } from '../../support/github-mock.ts';
import type { Json } from '../../support/github-schemas.ts';
import { zip } from '../../support/zip.ts';
import { REPO, type Scenario, repository } from './scenario.ts';

const DISPATCH = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
const LIST = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
const DOWNLOAD = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}';

const file = Buffer.from('{"schema": "leakcheck/report@1", "results": []}');
const archive = zip([{ name: 'report.json', content: file }]);
const digest = `sha256:${createHash('sha256').update(archive).digest('hex')}`;
const NAME = 'leakcheck-0123';
const ours = { id: 3, name: NAME, size_in_bytes: archive.length, digest };
const dispatchPath = `${REPO}/actions/workflows/leakcheck-probe.yml/dispatches`;
const run = { workflow: 'leakcheck-probe.yml', ref: 'leakcheck/probe', inputs: { request_id: '0123' } };

function list(github: GithubMock, artifacts: Json[]): void {
  github.rest(LIST, `${REPO}/actions/runs/1000/artifacts`, {
    status: 200,
    answer: { total_count: artifacts.length, artifacts },
  });
}

function redirect(github: GithubMock): void {
  const location = github.storage('/artifact?sig=x', 200, archive);
  github.rest(DOWNLOAD, `${REPO}/actions/artifacts/3/zip`, { status: 302, headers: { location } });
}

const take: Scenario['act'] = async ({ probes }) =>
  Buffer.from(await probes.artifact(repository, 1000, NAME)).toString();

export const probeScenarios: readonly Scenario[] = [
  {
    name: 'starts a run and says which',
    exchange(github) {
      github.rest(DISPATCH, dispatchPath, {
        status: 200,
        answer: {
          workflow_run_id: 1000,
          run_url: 'https://api.github.com/repos/octo/shop/actions/runs/1000',
          html_url: 'https://github.com/octo/shop/actions/runs/1000',
        },
      });
    },
    act: ({ probes }) => probes.dispatch(repository, run),
    expected: { runId: 1000, url: 'https://github.com/octo/shop/actions/runs/1000' },
    requests: 1,
  },
  {
    name: 'says when the workflow is not there',
    arrange(world) {
      world.workflows = {};
    },
    exchange(github) {
      github.rest(DISPATCH, dispatchPath, { status: 404, raw: { message: 'Not Found' } });
    },
    act: ({ probes }) => probes.dispatch(repository, run),
    error: { type: MissingWorkflow, says: 'leakcheck-probe.yml' },
    requests: 1,
  },
  {
    name: 'says when the ref is not there',
    exchange(github) {
      const path = dispatchPath;
      github.rest(DISPATCH, path, { status: 422, raw: { message: 'No ref found for: gone' } });
    },
    act: ({ probes }) => probes.dispatch(repository, { ...run, ref: 'gone' }),
    error: { type: MissingWorkflow, says: 'gone' },
    requests: 1,
  },
  {
    name: 'says which permission is missing to start a run',
    arrange(world) {
      world.withheld = ['actions: write'];
    },
    exchange(github) {
      const raw = { message: 'Resource not accessible by integration' };
      github.rest(DISPATCH, dispatchPath, { status: 403, raw });
    },
    act: ({ probes }) => probes.dispatch(repository, run),
    error: { type: MissingPermission, says: '"actions: write"' },
    requests: 1,
  },
  {
    name: 'refuses more inputs than GitHub takes, before anything is started',
    exchange: () => undefined,
    act: ({ probes }) =>
      probes.dispatch(repository, {
        ...run,
        inputs: Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`input${index}`, 'x'])),
      }),
    error: { type: Refused, says: '26 inputs' },
    requests: 0,
  },
  {
    name: 'takes the one artifact of the run',
    arrange(world) {
      world.artifacts = { 1000: [{ name: NAME, file }, { name: 'coverage', file: Buffer.from('other') }] }; // prettier-ignore
    },
    exchange(github) {
      list(github, [ours]);
      redirect(github);
    },
    act: take,
    expected: file.toString(),
    requests: 2,
  },
  {
    name: 'does not choose between two artifacts of the same name',
    arrange(world) {
      world.artifacts = { 1000: [{ name: NAME, file }, { name: NAME, file }] }; // prettier-ignore
    },
    exchange(github) {
      list(github, [ours, { ...ours, id: 4 }]);
    },
    act: take,
    error: { type: BadArtifact, says: '2 artifacts' },
    requests: 1,
  },
  {
    name: 'says when the run left nothing',
    exchange(github) {
      list(github, []);
    },
    act: take,
    error: { type: BadArtifact, says: 'Run 1000' },
    requests: 1,
  },
  {
    name: 'says when the artifact has expired',
    arrange(world) {
      world.artifacts = { 1000: [{ name: NAME, file, expired: true }] };
    },
    exchange(github) {
      list(github, [{ ...ours, expired: true }]);
    },
    act: take,
    error: { type: BadArtifact, says: 'expired' },
    requests: 1,
  },
];
