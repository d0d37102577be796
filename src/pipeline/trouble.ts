/** What becomes of a story that fails: tried again, left with a line in the log, or told in the check; never a silent success. */
import { GithubError, MissingPermission, NotFound, RateLimited } from '../github/errors.ts';
import type { CheckRef, Host, PublishedReport } from '../github/ports.ts';
import { firstLine } from '../errors.ts';
import { RetryAfter } from '../queue/queue.ts';
import { capBody, prose } from '../report/markdown.ts';
import type { AppPorts, Push } from './app-ports.ts';

/** How far the story came. */
export interface Reached {
  push: Push | undefined;
  key?: string;
  check: CheckRef | undefined;
  onError: 'neutral' | 'failure';
}

/**
 * @param isLast no attempt follows this one
 * @throws RetryAfter, or the error itself, when the job is to be tried again
 */
export async function concludeInTrouble(
  ports: AppPorts,
  host: Host,
  reached: Reached,
  error: unknown,
  isLast: boolean,
): Promise<void> {
  const { push } = reached;
  if (error instanceof RateLimited) {
    const seconds = Math.max(1, Math.ceil((error.until.getTime() - ports.now()) / 1000));
    throw new RetryAfter(seconds, error.message);
  }
  const final = error instanceof GithubError && !error.temporary;
  if (push === undefined || (!final && !isLast)) throw error;
  const message = final ? error.message : `Leakcheck itself failed: ${firstLine(error)}`;
  ports.log.warn({ ...push, error: message }, 'review failed');
  if (error instanceof NotFound) return;
  // Without this permission there is nowhere to say it but the log.
  if (error instanceof MissingPermission && error.permission.startsWith('checks')) return;
  const title = 'This push could not be reviewed';
  const check = reached.check ?? (await startedCheck(host, push, reached.key, title));
  await host.reports.publish(push, plainConclusion(check, reached.onError, title, [`${message}.`]));
  await ports.reviews.close(push);
}

/** A conclusion without findings. @param lines sentences */
export function plainConclusion(
  check: CheckRef,
  conclusion: 'success' | 'neutral' | 'failure',
  title: string,
  lines: readonly string[],
): PublishedReport {
  const [first = '', ...rest] = lines.map((line) => prose(line));
  const summary = rest.length === 0 ? first : [first, ...rest].map((line) => `- ${line}`).join('\n');
  return { check, conclusion, title, summary: capBody(summary), annotations: [], review: null };
}

function startedCheck(host: Host, push: Push, key: string | undefined, title: string): Promise<CheckRef> {
  return host.reports.startCheck(push, { head: push.head, key: key ?? push.head, title, summary: '' });
}
