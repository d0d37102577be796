/** The end of both stories: verdicts, the conclusion, and the one review of the push. */
import type { Config } from '../config/schema.ts';
import type { CheckRef, Host, PullRequestState } from '../github/ports.ts';
import type { Planned } from '../probe/plan.ts';
import { markedFingerprints } from '../report/marker.ts';
import type { AppPorts, Push } from './app-ports.ts';
import { assembleReview } from './assemble.ts';
import type { Examined, Sources } from './examine.ts';
import type { Probed } from './probe-fresh.ts';
import { publication } from './publication.ts';

export interface Posting {
  readonly host: Host;
  readonly push: Push;
  readonly check: CheckRef;
  readonly state: PullRequestState;
  readonly config: Config;
  readonly examined: Examined;
  readonly sources: Sources;
}

/** @param footnotes Markdown of our own below the summary */
export async function post(
  ports: AppPorts,
  { host, push, check, state, config, examined, sources }: Posting,
  planned: Planned,
  probed: Probed,
  footnotes: readonly string[],
): Promise<void> {
  const policy = { blockOn: config['block-on'], probeRequired: config.probe.required };
  const document = assembleReview(examined, planned, probed, policy);
  const scope = `${push.owner}/${push.name}#${push.number}`.toLowerCase();
  const commented = state.threads.flatMap(({ body }) => markedFingerprints(ports.markerKey, scope, body));
  const report = publication(document, {
    check,
    pullRequest: push.number,
    sources,
    diff: examined.diff,
    commented: new Set(commented),
    key: ports.markerKey,
    scope,
    footnotes,
  });
  await host.reports.publish(push, report);
  const { conclusion } = document.conclusion;
  ports.log.info({ ...push, conclusion, comments: report.review?.comments.length ?? 0 }, 'review posted');
}
