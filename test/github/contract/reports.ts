import { MissingPermission, Refused } from '../../../src/github/errors.ts';
import { withoutThreads } from '../../../src/github/review-forms.ts';
import { problem } from '../../support/github-mock.ts';
import {
  HEAD,
  REPO,
  type Scenario,
  expectStart,
  readRoot,
  report,
  repository,
  review,
  start,
  wroteCheck,
  wroteReview,
} from './scenario.ts';

const CONCLUDE = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
const REACT = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
const forbidden = { message: 'Resource not accessible by integration' };

const ourCheck = {
  id: 'CR_5',
  permalink: 'https://github.com/octo/shop/runs/5',
  externalId: start.key,
  status: 'IN_PROGRESS',
};
const concluded = { ...ourCheck, status: 'COMPLETED' };
const ourReview = { viewerDidAuthor: true, body: 'What was found\r\n', commit: { oid: HEAD } };

const annotation = report({ id: 5, nodeId: 'CR_5' }).annotations[0];
const tooMany = Array.from({ length: 51 }, () => annotation).filter((one) => one !== undefined);

export const reportScenarios: readonly Scenario[] = [
  {
    name: 'starts a check once, however often it is asked',
    exchange(github) {
      expectStart(github);
      github.graphql(readRoot({ checks: [ourCheck] }));
    },
    async act({ pullRequests, reports }) {
      const first = await reports.startCheck(repository, start);
      await pullRequests.read(repository, 7, []);
      const second = await reports.startCheck(repository, start);
      return [second.id === first.id, second.nodeId === first.nodeId, first.isConcluded, second.isConcluded];
    },
    expected: [true, true, false, false],
    requests: 2,
  },
  {
    name: 'starts another check for another key',
    exchange(github) {
      expectStart(github);
      github.graphql(readRoot({ checks: [ourCheck] }));
      expectStart(github);
    },
    async act({ pullRequests, reports }) {
      await reports.startCheck(repository, start);
      await pullRequests.read(repository, 7, []);
      return (await reports.startCheck(repository, { ...start, key: 'key-2' })).isConcluded;
    },
    expected: false,
    requests: 3,
  },
  {
    name: 'says which permission is missing to start a check',
    arrange(world) {
      world.withheld = ['checks: write'];
    },
    exchange(github) {
      github.rest('POST /repos/{owner}/{repo}/check-runs', `${REPO}/check-runs`, {
        status: 403,
        raw: forbidden,
      });
    },
    act: ({ reports }) => reports.startCheck(repository, start),
    error: { type: MissingPermission, says: '"checks: write"' },
    requests: 1,
  },
  {
    name: 'concludes without a review when there is no news',
    exchange(github) {
      expectStart(github);
      github.rest(CONCLUDE, `${REPO}/check-runs/5`, { status: 200 });
    },
    async act({ reports }) {
      await reports.publish(repository, report(await reports.startCheck(repository, start)));
    },
    reviews: [],
    requests: 2,
  },
  {
    name: 'concludes and posts the review in one request',
    exchange(github) {
      github.graphql(readRoot());
      expectStart(github);
      github.graphql({ updateCheckRun: wroteCheck, addPullRequestReview: wroteReview });
    },
    async act({ pullRequests, reports }) {
      await pullRequests.read(repository, 7, []);
      const check = await reports.startCheck(repository, start);
      await reports.publish(repository, report(check, { review: review() }));
    },
    reviews: [review()],
    requests: 3,
  },
  {
    name: 'writes nothing again that an earlier attempt got through',
    exchange(github) {
      github.graphql(readRoot());
      expectStart(github);
      github.graphql({ updateCheckRun: wroteCheck, addPullRequestReview: wroteReview });
      github.graphql(readRoot({ checks: [concluded], reviews: [ourReview] }));
    },
    async act({ pullRequests, reports }) {
      await pullRequests.read(repository, 7, []);
      const check = await reports.startCheck(repository, start);
      await reports.publish(repository, report(check, { review: review() }));
      await pullRequests.read(repository, 7, []);
      const again = await reports.startCheck(repository, start);
      await reports.publish(repository, report(again, { review: review() }));
      return again.isConcluded;
    },
    expected: true,
    reviews: [review()],
    requests: 4,
  },
  {
    name: 'puts the comments into the body where GitHub takes none on the line',
    exchange(github) {
      github.graphql(readRoot());
      expectStart(github);
      const refused = problem('UNPROCESSABLE', 'Pull request review thread line must be part of the diff');
      github.graphql({ updateCheckRun: wroteCheck, addPullRequestReview: refused });
      github.graphql({ addPullRequestReview: wroteReview });
    },
    async act({ pullRequests, reports }) {
      await pullRequests.read(repository, 7, []);
      const check = await reports.startCheck(repository, start);
      await reports.publish(repository, report(check, { review: review(30) }));
    },
    reviews: [withoutThreads(review(30))],
    requests: 4,
  },
  {
    name: 'says which permission is missing to review, with the check concluded',
    exchange(github) {
      github.graphql(readRoot());
      expectStart(github);
      github.graphql({
        updateCheckRun: wroteCheck,
        addPullRequestReview: problem('FORBIDDEN', 'Resource not accessible by integration'),
      });
    },
    async act({ pullRequests, reports }, world) {
      await pullRequests.read(repository, 7, []);
      const check = await reports.startCheck(repository, start);
      if (world !== undefined) world.withheld = ['pull_requests: write'];
      await reports.publish(repository, report(check, { review: review() }));
    },
    error: { type: MissingPermission, says: '"pull_requests: write"' },
    reviews: [],
    requests: 3,
  },
  {
    name: 'refuses more annotations than GitHub takes, before anything is written',
    exchange: expectStart,
    async act({ reports }) {
      const check = await reports.startCheck(repository, start);
      await reports.publish(repository, report(check, { annotations: tooMany }));
    },
    error: { type: Refused, says: '51 annotations' },
    requests: 1,
  },
  {
    name: 'refuses a longer summary than GitHub takes, before anything is written',
    exchange: expectStart,
    async act({ reports }) {
      const check = await reports.startCheck(repository, start);
      await reports.publish(repository, report(check, { summary: 'x'.repeat(65_536) }));
    },
    error: { type: Refused, says: '65536 characters' },
    requests: 1,
  },
  {
    name: 'reacts to a comment',
    exchange(github) {
      github.rest(REACT, `${REPO}/issues/comments/99/reactions`, {
        status: 201,
        answer: { content: 'eyes' },
      });
    },
    act: ({ reports }) => reports.react(repository, 99, 'eyes'),
    requests: 1,
  },
];
