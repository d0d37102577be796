/** The App's stories on GitHub in memory, with a scanner and a probe that say what a test wants to hear. */
import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { ProbePlan } from '../../src/contract/plan.ts';
import type { ProbeReport, ProbeResult } from '../../src/contract/report.ts';
import type { AppPorts } from '../../src/pipeline/app-ports.ts';
import { answerComment } from '../../src/pipeline/answer-comment.ts';
import { concludeLate, concludeProbe } from '../../src/pipeline/conclude-probe.ts';
import { reviewPullRequest } from '../../src/pipeline/review-pull-request.ts';
import { Job } from '../../src/queue/queue.ts';
import type { ReviewJob } from '../../src/queue/queue.ts';
import { createMemoryHost } from '../support/memory-host.ts';
import type { MemoryHost, World } from '../support/memory-host.ts';
import { result } from '../verdict/sample-result.ts';
import { createMemoryRecords } from './memory-records.ts';
import { textScanner } from './text-scanner.ts';

export const HEAD = 'b'.repeat(40);
export const BASE = 'a'.repeat(40);
const REPOSITORY = { owner: 'ada', name: 'parcels' };

type Files = Record<string, string | Uint8Array>;

export interface App {
  readonly host: MemoryHost;
  readonly world: World;
  readonly ports: AppPorts;
  readonly records: ReturnType<typeof createMemoryRecords>;
  readonly sent: { readonly job: Job; readonly afterSeconds: number }[];
  readonly logged: string[];
  readonly job: ReviewJob;
  /** Runs the first story. */
  review(job?: Partial<ReviewJob>, isLast?: boolean): Promise<void>;
  /** Says that a run ended, after leaving its report. */
  finish(index: number, outcomes: Readonly<Record<string, Partial<ProbeResult>>>): Promise<void>;
  /** Runs a job that was sent. */
  run(kind: Job['kind']): Promise<void>;
  /** Says that a run ended. */
  ended(runId: number): Promise<void>;
}

export function app(base: Files, head: Files, changes: Partial<World> = {}): App {
  const world: World = {
    repository: REPOSITORY,
    pullRequest: {
      number: 7,
      isOpen: true,
      isDraft: false,
      head: HEAD,
      base: BASE,
      isFork: false,
      author: 'grace',
    },
    config: null,
    trees: { [BASE]: base, [HEAD]: head },
    users: { grace: 'write', mallory: 'read' },
    withheld: [],
    workflows: { 'leakcheck-probe.yml': ['leakcheck/probe'] },
    artifacts: {},
    ...changes,
  };
  const host = createMemoryHost(world);
  const records = createMemoryRecords();
  const sent: { job: Job; afterSeconds: number }[] = [];
  const logged: string[] = [];
  let requests = 0;
  const log = (fields: unknown, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const ports: AppPorts = {
    host: () => Promise.resolve(host),
    reviews: records,
    send(job, { afterSeconds = 0 } = {}) {
      sent.push({ job: Job.parse(job), afterSeconds });
      return Promise.resolve();
    },
    scanner: textScanner,
    now: () => 1_000_000,
    newRequestId: () => String((requests += 1)).padStart(32, '0'),
    markerKey: 'a key for the tests',
    log: { info: log, warn: log },
  };
  const job: ReviewJob = {
    kind: 'review-pull-request',
    installation: 1,
    ...REPOSITORY,
    number: 7,
    again: false,
    commits: { base: BASE, head: HEAD },
  };
  const last = { isLast: true };
  async function ended(runId: number): Promise<void> {
    await concludeProbe(
      ports,
      { kind: 'conclude-probe', installation: 1, ...REPOSITORY, number: 7, runId },
      { isLast: false },
    );
  }
  return {
    host,
    world,
    ports,
    records,
    sent,
    logged,
    job,
    review: (own = {}, isLast = false) => reviewPullRequest(ports, { ...job, ...own }, { isLast }),
    async finish(index, outcomes) {
      const dispatch = host.dispatches[index];
      if (dispatch === undefined) throw new Error(`there is no dispatch ${index}`);
      const file = Buffer.from(JSON.stringify(report(dispatch.inputs['plan'] ?? '', outcomes)));
      world.artifacts[dispatch.runId] = [{ name: `leakcheck-${dispatch.inputs['request_id'] ?? ''}`, file }];
      await ended(dispatch.runId);
    },
    async run(kind) {
      const found = sent.find((one) => one.job.kind === kind)?.job;
      if (found?.kind === 'probe-deadline') await concludeLate(ports, found, last);
      else if (found?.kind === 'review-pull-request') await reviewPullRequest(ports, found, last);
      else if (found?.kind === 'react') await answerComment(ports, found);
      else throw new Error(`no ${kind} was sent`);
    },
    ended,
  };
}

export function planIn(encoded: string): ProbePlan {
  return ProbePlan.parse(JSON.parse(gunzipSync(Buffer.from(encoded, 'base64')).toString('utf8')));
}

function report(encoded: string, outcomes: Readonly<Record<string, Partial<ProbeResult>>>): ProbeReport {
  const results = planIn(encoded).targets.flatMap(({ id, target }) => {
    const given = outcomes[target.split('::')[1] ?? ''];
    return given === undefined ? [] : [result({ ...given, id, target })];
  });
  const environment = {
    probe: '0.1',
    python: '3.12.1',
    implementation: 'cpython',
    platform: 'linux',
    libc: 'glibc',
    counter: 'mallinfo2',
    isolation: 'process' as const,
    walls: [],
    weaker: [],
    packages: {},
  };
  return { schema: 'leakcheck/report@1', environment, results };
}
