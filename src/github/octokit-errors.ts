/** What octokit throws → our error tree. */
import { firstLine } from '../errors.ts';
import { GithubError, MissingPermission, NotFound, RateLimited, Refused, Unavailable } from './errors.ts';
import type { RepositoryRef } from './ports.ts';

/** What was tried, for the sentence. */
export interface Call {
  readonly repository: RepositoryRef;
  /** After "Leakcheck could not". */
  readonly task: string;
  /** What GitHub wants for it. */
  readonly permission: string;
}

export interface GraphqlProblem {
  readonly type: string | undefined;
  readonly message: string;
  /** The first name is the field of the document that failed. */
  readonly path: readonly (string | number)[];
}

interface HttpFailure {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const MAX_REASON = 300;
/** When GitHub does not say how long to wait, its documentation does. */
const DEFAULT_WAIT_SECONDS = 60;

export function mapError(error: unknown, call: Call): GithubError {
  if (error instanceof GithubError) return error;
  const [problem] = graphqlProblems(error)?.problems ?? [];
  if (problem !== undefined) return mapProblem(problem, call, headersOf(error), error);
  const failure = httpFailure(error);
  if (failure === null) return unavailable(error, call);
  if (isRateLimit(failure)) return rateLimited(call, failure.headers, error);
  switch (failure.status) {
    case 401:
    case 403:
      return missingPermission(call, failure.message, error);
    case 404:
    case 410:
      return notFound(call, error);
    default:
      return failure.status < 500 ? refused(call, failure.message, error) : unavailable(error, call);
  }
}

/** @param headers of the answer that held the problem */
export function mapProblem(
  { type, message }: GraphqlProblem,
  call: Call,
  headers: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): GithubError {
  switch (type) {
    case 'RATE_LIMITED':
    case 'RATE_LIMIT':
      return rateLimited(call, headers, cause);
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPES':
      return missingPermission(call, message, cause);
    case 'NOT_FOUND':
      return notFound(call, cause);
    case undefined:
      // Only GitHub's own failures and timeouts come without a type.
      return unavailable(new Error(message), call);
    default:
      return refused(call, message, cause);
  }
}

/** @returns null unless GitHub answered a GraphQL document with errors */
export function graphqlProblems(error: unknown): { data: unknown; problems: GraphqlProblem[] } | null {
  if (!isRecord(error) || !Array.isArray(error['errors']) || error['name'] !== 'GraphqlResponseError') {
    return null;
  }
  const problems = (error['errors'] as unknown[]).filter(isRecord).map((one) => ({
    type: typeof one['type'] === 'string' ? one['type'] : undefined,
    message: typeof one['message'] === 'string' ? one['message'] : 'no reason given',
    path: Array.isArray(one['path']) ? (one['path'] as (string | number)[]) : [],
  }));
  return { data: error['data'], problems };
}

/** @returns null when there was no answer */
export function httpFailure(error: unknown): HttpFailure | null {
  if (!isRecord(error) || typeof error['status'] !== 'number' || !isRecord(error['response'])) return null;
  return { status: error['status'], message: reason(error), headers: headersOf(error) };
}

/** GitHub's own words where it gave some; the first line, capped. */
function reason(error: Record<string, unknown>): string {
  const response = isRecord(error['response']) ? error['response'] : {};
  const data = isRecord(response['data']) ? response['data'] : {};
  const message = typeof data['message'] === 'string' ? data['message'] : error['message'];
  return firstLine(typeof message === 'string' ? message : 'no reason given').slice(0, MAX_REASON);
}

function headersOf(error: unknown): Record<string, unknown> {
  if (!isRecord(error)) return {};
  const response = isRecord(error['response']) ? error['response'] : {};
  for (const headers of [response['headers'], error['headers']]) if (isRecord(headers)) return headers;
  return {};
}

function isRateLimit({ status, message, headers }: HttpFailure): boolean {
  if (status !== 403 && status !== 429) return false;
  return (
    status === 429 ||
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    /rate limit|abuse detection/i.test(message)
  );
}

function rateLimited(call: Call, headers: Readonly<Record<string, unknown>>, cause: unknown): RateLimited {
  const until = waitUntil(headers);
  const when = until.toISOString().replace(/\.\d+Z$/, 'Z');
  return new RateLimited(`${sentence(call)}: GitHub's rate limit is reached until ${when}`, until, { cause });
}

function waitUntil(headers: Readonly<Record<string, unknown>>): Date {
  const after = Number(headers['retry-after']);
  const reset = Number(headers['x-ratelimit-reset']);
  const isSpent = String(headers['x-ratelimit-remaining']) === '0';
  if (Number.isNaN(after) && isSpent && reset > 0) return new Date(reset * 1000);
  return new Date(Date.now() + (after > 0 ? after : DEFAULT_WAIT_SECONDS) * 1000);
}

function missingPermission(call: Call, message: string, cause: unknown): MissingPermission {
  const cure = `grant the App "${call.permission}" and accept it for the installation`;
  return new MissingPermission(
    `${sentence(call)}: GitHub says "${firstLine(message)}"; ${cure}`,
    call.permission,
    { cause },
  );
}

function notFound(call: Call, cause: unknown): NotFound {
  return new NotFound(`${sentence(call)}: it is gone, or this installation may not see it`, { cause });
}

function refused(call: Call, message: string, cause: unknown): Refused {
  return new Refused(`${sentence(call)}: GitHub says "${firstLine(message)}"`, { cause });
}

function unavailable(error: unknown, call: Call): Unavailable {
  return new Unavailable(`${sentence(call)}: GitHub did not answer as it should (${firstLine(error)})`, {
    cause: error,
  });
}

export function sentence({ repository, task }: Call): string {
  return `Leakcheck could not ${task} in ${repository.owner}/${repository.name}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
