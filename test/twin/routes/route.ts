import type { Json } from '../../support/github-schemas.ts';
import type { Deliveries } from '../deliveries.ts';
import type { Access, Installation, Repository, World } from '../world.ts';

/** One operation of GitHub's REST API. */
export type Route = AppRoute | RepositoryRoute;

interface Operation {
  /** As GitHub's description spells it: `GET /repos/{owner}/{repo}/…`. */
  readonly operation: string;
  /** Counts against the limit of content made a minute. */
  readonly makesContent?: boolean;
}

/** Asked with the App's own key. */
export interface AppRoute extends Operation {
  readonly needs: 'app';
  answer(asked: Question): Answer | Promise<Answer>;
}

/** Asked with the token of an installation, which must have been granted what the route needs. */
export interface RepositoryRoute extends Operation {
  readonly needs: readonly [permission: string, access: Access];
  answer(asked: Asked): Answer | Promise<Answer>;
}

export interface Question {
  readonly twin: Served;
  /** What stands for the braces of the operation. */
  readonly parts: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
}

export interface Asked extends Question {
  readonly installation: Installation;
  readonly repository: Repository;
}

export interface Answer {
  readonly status: number;
  /** Merged over the smallest answer that the description allows. */
  readonly wanted?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What answers may use and change. */
export interface Served {
  readonly url: string;
  readonly world: World;
  readonly deliveries: Deliveries;
  /** @returns the token and when it expires */
  newToken(installation: Installation): { readonly token: string; readonly expires: string };
  /** @returns where the archive can be fetched without a token */
  store(archive: Buffer): string;
  /** A run was started or asked to end. */
  onRun(repository: Repository, runId: number, what: 'dispatched' | 'cancelled'): void;
}

export type JsonObject = Readonly<Record<string, Json>>;

export function objectOf(body: Json): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** One page of a list, with the `Link` header that GitHub sends. */
export function pageOf<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  url: string,
): { readonly page: readonly Item[]; readonly headers: Readonly<Record<string, string>> } {
  const size = Math.min(100, Number(query.get('per_page') ?? '30'));
  const number = Math.max(1, Number(query.get('page') ?? '1'));
  const page = items.slice((number - 1) * size, number * size);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string) => `<${url}?per_page=${size}&page=${to}>; rel="${rel}"`;
  const links = number < last ? [link(number + 1, 'next'), link(last, 'last')] : [];
  return { page, headers: links.length === 0 ? {} : { link: links.join(', ') } };
}
