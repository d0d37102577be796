import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MAX_REPORT_BYTES } from '../contract/report.ts';
import { download } from './download.ts';
import { BadArtifact, type GithubError, MissingWorkflow, Refused } from './errors.ts';
import { requireDispatch } from './limits.ts';
import { ONCE, type Octokit, parse, request } from './octokit.ts';
import { type Call, httpFailure, sentence } from './octokit-errors.ts';
import type { ProbeDispatch, Probes, RepositoryRef } from './ports.ts';
import { unzipOnly } from './zip.ts';

const Started = z.object({ workflow_run_id: z.int(), html_url: z.string() });

const Artifact = z.object({
  id: z.int(),
  name: z.string(),
  size_in_bytes: z.number(),
  expired: z.boolean(),
  digest: z.string().nullish(),
});
type Artifact = z.infer<typeof Artifact>;

export function octokitProbes(octokit: Octokit): Probes {
  return {
    dispatch: (repository, run) => dispatch(octokit, repository, run),
    async artifact(repository, runId, name) {
      const found = await find(octokit, repository, runId, name);
      const bytes = await fetchArchive(octokit, repository, found);
      checkDigest(found, bytes);
      return unzipOnly(bytes, MAX_REPORT_BYTES);
    },
  };
}

async function dispatch(
  octokit: Octokit,
  repository: RepositoryRef,
  run: ProbeDispatch,
): Promise<{ readonly runId: number; readonly url: string }> {
  requireDispatch(run);
  const call: Call = {
    repository,
    task: `start ${run.workflow} at ${run.ref}`,
    permission: 'actions: write',
  };
  const { status, data } = await request(
    octokit,
    'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    {
      owner: repository.owner,
      repo: repository.name,
      workflow_id: run.workflow,
      ref: run.ref,
      inputs: run.inputs,
      return_run_details: true,
      ...ONCE,
    },
    call,
    (error) => cannotStart(error, call, run),
  );
  // An older GitHub Enterprise Server starts the run and does not say which; then its result could not be told
  // from anybody else's.
  if (status === 204) throw new Refused(`${sentence(call)}: this GitHub does not say which run it started`);
  const { workflow_run_id: runId, html_url: url } = parse(Started, data, call);
  return { runId, url };
}

/** Not there, not at that ref, no `workflow_dispatch`, other inputs: in every case the file has to be mended. */
function cannotStart(error: unknown, call: Call, { workflow, ref }: ProbeDispatch): GithubError | null {
  const failure = httpFailure(error);
  if (failure?.status !== 404 && failure?.status !== 422) return null;
  const cure = `put the present .github/workflows/${workflow} on the default branch and at ${ref}`;
  const reason = failure.status === 404 ? 'there is no such workflow' : `GitHub says "${failure.message}"`;
  return new MissingWorkflow(`${sentence(call)}: ${reason}; ${cure}`, { cause: error });
}

async function find(
  octokit: Octokit,
  repository: RepositoryRef,
  runId: number,
  name: string,
): Promise<Artifact> {
  const call: Call = { repository, task: `list the artifacts of run ${runId}`, permission: 'actions: write' };
  const { data } = await request(
    octokit,
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
    { owner: repository.owner, repo: repository.name, run_id: runId, name, per_page: 100 },
    call,
  );
  const { artifacts } = parse(z.object({ artifacts: z.array(Artifact) }), data, call);
  const found = artifacts.filter((artifact) => artifact.name === name);
  const [artifact] = found;
  // Another job of the same run may upload under our name; then nobody can tell which is ours.
  if (artifact === undefined || found.length > 1) {
    const count = found.length === 0 ? 'no artifact' : `${found.length} artifacts`;
    throw new BadArtifact(`Run ${runId} left ${count} with the name ${name}, expected is exactly one`);
  }
  if (artifact.expired) throw new BadArtifact(`The artifact ${name} of run ${runId} has expired`);
  requireSize(name, artifact.size_in_bytes);
  return artifact;
}

async function fetchArchive(
  octokit: Octokit,
  repository: RepositoryRef,
  { id, name }: Artifact,
): Promise<Uint8Array> {
  const call: Call = { repository, task: `download the artifact ${name}`, permission: 'actions: write' };
  const { headers, url } = await request(
    octokit,
    'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
    {
      owner: repository.owner,
      repo: repository.name,
      artifact_id: id,
      archive_format: 'zip',
      // Octokit would read all of it before we see its size.
      request: { redirect: 'manual' },
    },
    call,
    (error) =>
      httpFailure(error)?.status === 410 ? new BadArtifact(`The artifact ${name} has expired`) : null,
  );
  const location = headers['location'];
  if (typeof location !== 'string')
    throw new BadArtifact(`GitHub does not say where the artifact ${name} lies`);
  return download(new URL(location, url), new URL(url), MAX_REPORT_BYTES, call);
}

function checkDigest({ name, digest }: Artifact, bytes: Uint8Array): void {
  const expected = digest?.match(/^sha256:([0-9a-f]{64})$/)?.[1];
  if (expected === undefined) return;
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== expected)
    throw new BadArtifact(`The artifact ${name} is not what was uploaded: its digest differs`);
}

function requireSize(name: string, size: number): void {
  if (size > MAX_REPORT_BYTES) {
    throw new BadArtifact(`The artifact ${name} has ${size} bytes, the limit is ${MAX_REPORT_BYTES}`);
  }
}
