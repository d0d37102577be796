/** The little of octokit that we use: Probot's and that of `@octokit/rest` both have it. */
import type { z } from 'zod';
import { GithubError } from './errors.ts';
import { type Call, type GraphqlProblem, graphqlProblems, mapError } from './octokit-errors.ts';

export interface Octokit {
  request(route: string, parameters?: Record<string, unknown>): Promise<OctokitResponse>;
  graphql(document: string, variables?: Record<string, unknown>): Promise<unknown>;
}

export interface OctokitResponse {
  readonly status: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** For every call that must not happen twice: after a lost answer we look first whether it happened. */
export const ONCE = { request: { retries: 0 } } as const;

/** @throws a GithubError, or what `special` makes of the raw error */
export async function request(
  octokit: Octokit,
  route: string,
  parameters: Record<string, unknown>,
  call: Call,
  special?: (error: unknown) => GithubError | null,
): Promise<OctokitResponse> {
  try {
    return await octokit.request(route, parameters);
  } catch (error) {
    throw special?.(error) ?? mapError(error, call);
  }
}

export interface GraphqlAnswer {
  /** What GitHub answered, also next to problems. */
  readonly data: unknown;
  readonly problems: readonly GraphqlProblem[];
}

/** @throws a GithubError when nothing was answered at all */
export async function graphql(
  octokit: Octokit,
  document: string,
  variables: Record<string, unknown>,
  call: Call,
): Promise<GraphqlAnswer> {
  try {
    return { data: await octokit.graphql(document, variables), problems: [] };
  } catch (error) {
    const answer = graphqlProblems(error);
    if (answer?.data == null) throw mapError(error, call);
    return answer;
  }
}

/** @throws GithubError when GitHub answered something else than it documents */
export function parse<Schema extends z.ZodType>(schema: Schema, data: unknown, call: Call): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined ? '' : ` at ${issue.path.join('.')}: ${issue.message}`;
  throw new GithubError(`GitHub's answer was not understood when Leakcheck tried to ${call.task}${where}`);
}
