/** The story of a review on one machine, from two revisions to a conclusion. */
import { CONFIG_PATH, DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { ReviewDocument } from '../contract/review.ts';
import { UserError } from '../errors.ts';
import { planProbe } from '../probe/plan.ts';
import type { Scanner } from '../scan/scanner.ts';
import { assembleReview } from './assemble.ts';
import type { Policy } from './assemble.ts';
import { wantedChanges, withDrivers, withLevels } from './configured.ts';
import { examine } from './examine.ts';
import type { Sources } from './examine.ts';
import type { Comparison, Progress, Prober, Repository } from './ports.ts';
import { probeFresh } from './probe-fresh.ts';

export interface ReviewPorts {
  readonly repository: Repository;
  readonly scanner: Scanner;
  /** Null: the probe is off. */
  readonly prober: Prober | null;
  readonly progress: Progress;
}

/** What is left out is as the configuration says. */
export interface ReviewOptions extends Partial<Policy> {
  readonly base: string;
  /** Undefined: the working tree as it is. */
  readonly head: string | undefined;
  /** Whether the configuration of the merge base counts. */
  readonly useConfig: boolean;
}

export interface Review {
  readonly document: ReviewDocument;
  readonly sources: Sources;
}

/**
 * @throws UserError when the revisions do not fit the repository, or the configuration is wrong;
 *   MachineError when git is missing or fails
 */
export async function review(ports: ReviewPorts, options: ReviewOptions): Promise<Review> {
  const { progress } = ports;
  // 1. Which commits, and what changed between the merge base and head.
  progress({ step: 'comparing', detail: `${options.base} with ${options.head ?? 'the working tree'}` });
  const trees = await ports.repository.compare(options.base, options.head);
  try {
    return await reviewTrees(ports, options, trees);
  } finally {
    trees.close();
  }
}

async function reviewTrees(ports: ReviewPorts, options: ReviewOptions, trees: Comparison): Promise<Review> {
  // 2. The configuration: of the merge base, so that a change cannot switch off its own review.
  const config = options.useConfig ? await readConfig(trees) : DEFAULT_CONFIG;

  // 3. Scan both sides; new, known and fixed.
  const wanted = { ...trees, files: wantedChanges(trees.files, config) };
  const { examined, sources } = await examine(wanted, withLevels(ports.scanner, config), ports.progress);

  // 4. Run what is new under the probe.
  const planned = withDrivers(planProbe(examined.compared.fresh), config);
  const prober = config.probe.enabled ? ports.prober : null;
  const probed = await probeFresh(planned, prober, trees, ports.progress);

  // 5. Verdicts, placements, and what the check says.
  const document = assembleReview(examined, planned, probed, {
    blockOn: options.blockOn ?? config['block-on'],
    probeRequired: options.probeRequired ?? config.probe.required,
  });
  ports.progress({ step: 'done', detail: document.conclusion.reason });
  return { document, sources };
}

async function readConfig(trees: Comparison): Promise<Config> {
  const bytes = await trees.readBase(CONFIG_PATH);
  if (bytes === null) return DEFAULT_CONFIG;
  const source = `${CONFIG_PATH} at the merge base ${trees.mergeBase.slice(0, 7)}`;
  const loaded = loadConfig(new TextDecoder().decode(bytes), source);
  if ('config' in loaded) return loaded.config;
  const [first, ...others] = loaded.problems.map(({ message }) => message);
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new UserError(`${first ?? source}${more}; --no-config reviews without it`);
}
