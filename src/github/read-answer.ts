/** The part of GitHub's answer to a read that we use. */
import { z } from 'zod';

export const Content = z
  .object({
    __typename: z.string(),
    text: z.string().nullish(),
    isBinary: z.boolean().nullish(),
    isTruncated: z.boolean().optional(),
  })
  .nullish();
export type Content = z.infer<typeof Content>;

const nodes = <Item extends z.ZodType>(item: Item) =>
  z.object({ nodes: z.array(item.nullable()).nullable() }).nullish();

export const ThreadPage = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  nodes: z
    .array(
      z
        .object({
          id: z.string(),
          isResolved: z.boolean(),
          isOutdated: z.boolean(),
          comments: z.object({
            totalCount: z.int(),
            nodes: z
              .array(z.object({ id: z.string(), body: z.string(), viewerDidAuthor: z.boolean() }).nullable())
              .nullable(),
          }),
        })
        .nullable(),
    )
    .nullable(),
});
export type ThreadPage = z.infer<typeof ThreadPage>;

const CheckRun = z.object({
  id: z.string(),
  permalink: z.string(),
  externalId: z.string().nullable(),
  status: z.string(),
});

// Null where the installation may not read checks.
const Commit = z.object({
  oid: z.string(),
  checkSuites: nodes(
    z.object({ app: z.object({ slug: z.string() }).nullable(), checkRuns: nodes(CheckRun).nullable() }),
  ),
});

const PullRequest = z.object({
  id: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  isCrossRepository: z.boolean(),
  headRefOid: z.string(),
  baseRefOid: z.string(),
  author: z.object({ login: z.string() }).nullable(),
  commits: nodes(z.object({ commit: Commit })),
  reviews: nodes(
    z.object({
      viewerDidAuthor: z.boolean(),
      body: z.string(),
      commit: z.object({ oid: z.string() }).nullable(),
    }),
  ),
  reviewThreads: ThreadPage,
});

/** Next to these fields lie `blob0`, `blob1` and so on. */
export const ReadAnswer = z.object({
  viewer: z.object({ login: z.string() }),
  organisation: z.object({ config: Content }).nullable(),
  repository: z.looseObject({ id: z.string(), config: Content, pullRequest: PullRequest }),
});
export type ReadAnswer = z.infer<typeof ReadAnswer>;

export const BlobsAnswer = z.object({ repository: z.looseObject({}) });

export const ThreadsAnswer = z.object({
  repository: z.object({ pullRequest: z.object({ reviewThreads: ThreadPage }) }),
});

/** A list of GitHub's may be null, and so may its items. */
export function present<Item>(
  list: { readonly nodes: readonly (Item | null)[] | null } | null | undefined,
): Item[] {
  return (list?.nodes ?? []).filter((item) => item !== null);
}
