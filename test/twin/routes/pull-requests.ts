import { Denied } from '../limits.ts';
import type { Json } from '../../support/github-schemas.ts';
import type { RepositoryRoute } from './route.ts';

/** One answer holds no more files, and does not say whether there are. */
const MAX_FILES = 300;
/** GitHub leaves the patch of a large file out. */
const MAX_PATCH = 1_000_000;

export const pullRequestRoutes: readonly RepositoryRoute[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/compare/{basehead}',
    needs: ['contents', 'read'],
    async answer({ repository: { git }, parts }) {
      const [from = '', to = ''] = (parts['basehead'] ?? '').split('...');
      const [base, head] = [await git.resolve(from), await git.resolve(to)];
      if (base === undefined || head === undefined) throw new Denied(404, 'Not Found');
      const mergeBase = await git.mergeBase(base, head);
      const changed = await git.compare(mergeBase, head);
      const files = changed.slice(0, MAX_FILES).map(({ path, previousPath, status, patch }): Json => ({
        filename: path,
        status,
        ...(patch === undefined || patch.length > MAX_PATCH ? {} : { patch }),
        ...(previousPath === undefined ? {} : { previous_filename: previousPath }),
      }));
      return { status: 200, wanted: { merge_base_commit: { sha: mergeBase }, files } };
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
    needs: ['metadata', 'read'],
    answer({ repository: { roles, isPrivate }, parts }) {
      // Everybody may read what is public.
      const role = roles[parts['username'] ?? ''] ?? (isPrivate ? 'none' : 'read');
      const basic = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;
      return { status: 200, wanted: { permission: basic, role_name: role } };
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
    needs: ['issues', 'write'],
    makesContent: true,
    answer({ twin, repository, parts, body }) {
      const comment = repository.comments.find(({ id }) => id === Number(parts['comment_id']));
      if (comment === undefined) throw new Denied(404, 'Not Found');
      const { content } = body as { content: string };
      const user = `${twin.world.app.slug}[bot]`;
      const isThere = comment.reactions.some((one) => one.user === user && one.content === content);
      if (!isThere) comment.reactions.push({ user, content });
      return { status: isThere ? 200 : 201, wanted: { content } };
    },
  },
];
