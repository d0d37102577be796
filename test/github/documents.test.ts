import { validate } from '@octokit/graphql-schema';
import { describe, expect, it } from 'vitest';
import {
  MAX_BLOBS,
  PUBLISH_DOCUMENT,
  REVIEW_DOCUMENT,
  THREADS_DOCUMENT,
  blobsDocument,
  readDocument,
} from '../../src/github/documents.ts';

describe("GitHub's GraphQL schema", () => {
  it.each([
    ['read', readDocument(0)],
    ['read with blobs', readDocument(MAX_BLOBS)],
    ['blobs', blobsDocument(2)],
    ['threads', THREADS_DOCUMENT],
    ['publish', PUBLISH_DOCUMENT],
    ['review', REVIEW_DOCUMENT],
  ])('takes the document: %s', (_, document) => {
    expect(validate(document)).toEqual([]);
  });

  it('would refuse a misspelling', () => {
    expect(validate(PUBLISH_DOCUMENT.replace('checkRun {', 'checkrun {'))).not.toEqual([]);
  });
});
