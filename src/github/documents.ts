/** Every GraphQL document that we send. A test holds each against GitHub's schema. */

export const CONFIG_PATH = '.github/leakcheck.yml';
export const CHECK_NAME = 'leakcheck';
/** More in one document, and GitHub may not answer within its ten seconds. */
export const MAX_BLOBS = 50;

const CONTENT = `
fragment Content on GitObject {
  __typename
  ... on Blob { text isBinary isTruncated }
}`;

const THREADS = `
fragment Threads on PullRequestReviewThreadConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    id
    isResolved
    isOutdated
    comments(first: 1) { totalCount nodes { id body viewerDidAuthor } }
  }
}`;

/** Config, pull request, our earlier check, reviews and threads, and the first blobs. */
export function readDocument(blobs: number): string {
  return `
query Read($owner: String!, $name: String!, $number: Int!, $config: String!, $check: String!${declared(blobs)}) {
  viewer { login }
  organisation: repository(owner: $owner, name: ".github") {
    config: object(expression: $config) { ...Content }
  }
  repository(owner: $owner, name: $name) {
    id
    config: object(expression: $config) { ...Content }
    pullRequest(number: $number) {
      id
      state
      isDraft
      isCrossRepository
      headRefOid
      baseRefOid
      author { login }
      commits(last: 1) {
        nodes {
          commit {
            oid
            checkSuites(first: 20, filterBy: { checkName: $check }) {
              nodes {
                app { slug }
                checkRuns(first: 20, filterBy: { checkName: $check }) {
                  nodes { id permalink externalId status }
                }
              }
            }
          }
        }
      }
      reviews(last: 50) { nodes { viewerDidAuthor body commit { oid } } }
      reviewThreads(first: 100) { ...Threads }
    }${asked(blobs)}
  }
}${CONTENT}${THREADS}`;
}

/** The blobs after the first. */
export function blobsDocument(blobs: number): string {
  return `
query Blobs($owner: String!, $name: String!${declared(blobs)}) {
  repository(owner: $owner, name: $name) {${asked(blobs)}
  }
}${CONTENT}`;
}

/** The threads after the first hundred. */
export const THREADS_DOCUMENT = `
query Threads($owner: String!, $name: String!, $number: Int!, $after: String!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) { ...Threads }
    }
  }
}${THREADS}`;

const REVIEW = `
  review: addPullRequestReview(input: $review) { pullRequestReview { id } }`;

/** The fields run one after the other, and one may fail alone. */
export const PUBLISH_DOCUMENT = `
mutation Publish($check: UpdateCheckRunInput!, $review: AddPullRequestReviewInput!) {
  check: updateCheckRun(input: $check) { checkRun { id } }${REVIEW}
}`;

export const REVIEW_DOCUMENT = `
mutation Review($review: AddPullRequestReviewInput!) {${REVIEW}
}`;

function declared(blobs: number): string {
  return each(blobs, (index) => `, $blob${index}: String!`);
}

// The path of a blob is an argument, never a part of the document.
function asked(blobs: number): string {
  return each(blobs, (index) => `\n    blob${index}: object(expression: $blob${index}) { ...Content }`);
}

function each(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join('');
}
