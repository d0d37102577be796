/** Workflow runs and what they leave. */
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import type { Json } from '../../support/github-schemas.ts';
import { Denied } from '../limits.ts';
import { type Repository, type WorkflowRun, botOf } from '../world.ts';
import { type RepositoryRoute, objectOf, pageOf, textOf } from './route.ts';

const MAX_INPUTS = 25;
const MAX_PAYLOAD = 65_535;

export const actionRoutes: readonly RepositoryRoute[] = [
  {
    operation: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    needs: ['actions', 'write'],
    makesContent: true,
    async answer({ twin, repository, parts, body }) {
      const { ref, inputs = {}, return_run_details: details } = objectOf(body);
      const given = objectOf(inputs);
      const workflow = parts['workflow_id'] ?? '';
      const head = await checkDispatch(repository, workflow, textOf(ref), given);
      const run: WorkflowRun = {
        id: twin.world.nextId(),
        workflow,
        ref: textOf(ref),
        head,
        inputs: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)])),
        actor: botOf(twin.world),
        status: 'queued',
        conclusion: null,
        artifacts: [],
      };
      repository.runs.push(run);
      twin.onRun(repository, run.id, 'dispatched');
      if (details !== true) return { status: 204 };
      return { status: 200, wanted: { workflow_run_id: run.id, html_url: pageOfRun(repository, run.id) } };
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel',
    needs: ['actions', 'write'],
    answer({ twin, repository, parts }) {
      const run = findRun(repository, parts['run_id']);
      if (run.status === 'completed')
        throw new Denied(409, 'Cannot cancel a workflow run that is completed.');
      twin.onRun(repository, run.id, 'cancelled');
      return { status: 202, wanted: {} };
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
    needs: ['actions', 'read'],
    answer({ twin, repository, parts, query }) {
      const run = findRun(repository, parts['run_id']);
      const named = run.artifacts.filter(({ name }) => [null, name].includes(query.get('name')));
      const { page, headers } = pageOf(named, query, `${twin.url}/artifacts`);
      const artifacts = page.map(({ id, name, archive, expired }): Json => {
        const digest = `sha256:${createHash('sha256').update(archive).digest('hex')}`;
        return { id, name, size_in_bytes: archive.length, expired, digest };
      });
      return { status: 200, headers, wanted: { total_count: named.length, artifacts } };
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
    needs: ['actions', 'read'],
    answer({ twin, repository, parts }) {
      const id = Number(parts['artifact_id']);
      const found = repository.runs.flatMap(({ artifacts }) => artifacts).find((one) => one.id === id);
      if (found === undefined) throw new Denied(404, 'Not Found');
      if (found.expired) throw new Denied(410, 'Artifact has expired');
      return { status: 302, headers: { location: twin.store(found.archive) } };
    },
  },
];

export function pageOfRun({ owner, name }: Repository, id: number): string {
  return `https://github.com/${owner}/${name}/actions/runs/${id}`;
}

function findRun({ runs }: Repository, id: string | undefined): WorkflowRun {
  const run = runs.find((one) => one.id === Number(id));
  if (run === undefined) throw new Denied(404, 'Not Found');
  return run;
}

/** The file must be on the default branch to be known, and at the ref to be run; the inputs are those that it declares. */
async function checkDispatch(
  { git, defaultBranch }: Repository,
  workflow: string,
  ref: string,
  inputs: Readonly<Record<string, Json>>,
): Promise<string> {
  const path = `.github/workflows/${workflow}`;
  if ((await git.blob(`refs/heads/${defaultBranch}`, path)) === undefined) throw new Denied(404, 'Not Found');
  const head = (await git.resolve(`refs/heads/${ref}`)) ?? (await git.resolve(`refs/tags/${ref}`));
  if (head === undefined) throw new Denied(422, `No ref found for: ${ref}`);
  const text = await git.blob(head, path);
  if (text === undefined) throw new Denied(422, `Workflow does not exist at ${ref}`);
  const { on } = parse(text.toString('utf8')) as { on: Json };
  const trigger = objectOf(on)['workflow_dispatch'];
  if (trigger === undefined) throw new Denied(422, "Workflow does not have 'workflow_dispatch' trigger");
  const declared = objectOf(objectOf(trigger)['inputs'] ?? null);
  const unknown = Object.keys(inputs).filter((name) => !(name in declared));
  if (unknown.length > 0) throw new Denied(422, `Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  for (const [name, input] of Object.entries(declared)) {
    const { required, default: usual } = objectOf(input);
    if (required === true && usual === undefined && inputs[name] === undefined)
      throw new Denied(422, `Required input '${name}' not provided`);
  }
  const size = Object.values(inputs).reduce<number>((sum, value) => sum + textOf(value).length, 0);
  if (Object.keys(inputs).length > MAX_INPUTS || size > MAX_PAYLOAD)
    throw new Denied(422, 'inputs are too large');
  return head;
}
