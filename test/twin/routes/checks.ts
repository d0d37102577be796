import { Denied } from '../limits.ts';
import type { CheckRun, Repository } from '../world.ts';
import { type JsonObject, type RepositoryRoute, objectOf, textOf } from './route.ts';

const MAX_TEXT = 65_535;

export const checkRoutes: readonly RepositoryRoute[] = [
  {
    operation: 'POST /repos/{owner}/{repo}/check-runs',
    needs: ['checks', 'write'],
    makesContent: true,
    async answer({ twin, repository, body }) {
      const fields = objectOf(body);
      const head = textOf(fields['head_sha']);
      if ((await repository.git.resolve(head)) === undefined)
        throw new Denied(422, `No commit found for SHA: ${head}`);
      const check: CheckRun = {
        id: twin.world.nextId(),
        name: textOf(fields['name']),
        head,
        key: textOf(fields['external_id']),
        app: twin.world.app.slug,
        status: 'queued',
        conclusion: null,
        title: '',
        summary: '',
        annotations: [],
      };
      change(check, fields);
      repository.checks.push(check);
      return { status: 201, wanted: shown(check) };
    },
  },
  {
    operation: 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
    needs: ['checks', 'write'],
    makesContent: true,
    answer({ twin, repository, parts, body }) {
      const check = findCheck(repository, Number(parts['check_run_id']));
      // An App may write its own checks only.
      if (check.app !== twin.world.app.slug) throw new Denied(403, 'Invalid app_id `1`');
      change(check, objectOf(body));
      return { status: 200, wanted: shown(check) };
    },
  },
];

function findCheck({ checks }: Repository, id: number): CheckRun {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) throw new Denied(404, 'Not Found');
  return check;
}

/**
 * Both kinds of update come here: REST, and GraphQL once its names are those of REST.
 *
 * @throws Denied above a limit; then nothing was changed
 */
export function change(check: CheckRun, fields: JsonObject): void {
  const output = objectOf(fields['output'] ?? null);
  const [title, summary] = [textOf(output['title']), textOf(output['summary'])];
  const annotations = (Array.isArray(output['annotations']) ? output['annotations'] : []).map(objectOf);
  for (const [name, text] of Object.entries({ title, summary }))
    if (text.length > MAX_TEXT) throw new Denied(422, `Only ${MAX_TEXT} characters are allowed; ${name}`);
  if (annotations.length > 50) throw new Denied(422, 'No more than 50 annotations are permitted');
  const conclusion = textOf(fields['conclusion']);
  const status = textOf(fields['status']);
  if (status === 'completed' && conclusion === '' && check.conclusion === null)
    throw new Denied(422, 'A completed check run needs a conclusion');
  if (title !== '') check.title = title;
  if (summary !== '') check.summary = summary;
  check.annotations.push(
    ...annotations.map((one) => ({
      path: textOf(one['path']),
      startLine: Number(one['start_line']),
      endLine: Number(one['end_line']),
      level: textOf(one['annotation_level']),
      title: textOf(one['title']),
      message: textOf(one['message']),
    })),
  );
  if (conclusion !== '') check.conclusion = conclusion;
  if (conclusion !== '' || status === 'completed') check.status = 'completed';
  else if (status === 'in_progress' || status === 'queued') check.status = status;
}

function shown({ id, name, head, key, status, conclusion }: CheckRun): JsonObject {
  return { id, node_id: `CR_${id}`, name, head_sha: head, external_id: key, status, conclusion };
}
