/** `leakcheck review`. */
import type { BlockOn } from '../contract/review.ts';
import { EXIT_FINDINGS, EXIT_OK } from '../errors.ts';
import { openRepository } from '../git/repository.ts';
import { review } from '../pipeline/review.ts';
import type { Review } from '../pipeline/review.ts';
import { createProber } from '../probe/prober.ts';
import { reviewInMarkdown } from '../report/check.ts';
import { reviewOnTerminal } from '../report/terminal/review.ts';
import { createScanner } from '../scan/create-scanner.ts';
import { print, printJson, styleOf } from './output.ts';
import { showProgress } from './progress.ts';

export interface ReviewOptions {
  readonly base: string;
  readonly head?: string;
  readonly repository: string;
  readonly probe: boolean;
  readonly python?: string;
  readonly config: boolean;
  readonly blockOn?: BlockOn;
  readonly probeRequired?: boolean;
  readonly format: 'pretty' | 'json' | 'markdown';
  readonly progress?: boolean;
}

export async function runReview(options: ReviewOptions): Promise<number> {
  const repository = await openRepository(options.repository);
  const ports = {
    repository,
    scanner: await createScanner(),
    prober: options.probe ? createProber({ wanted: options.python, projectRoot: repository.root }) : null,
    progress: showProgress(options.progress === true),
  };
  const { base, head, config: useConfig, blockOn, probeRequired } = options;
  const result = await review(ports, {
    base,
    head,
    useConfig,
    ...(blockOn === undefined ? {} : { blockOn }),
    ...(probeRequired === undefined ? {} : { probeRequired }),
  });
  await printReview(result, options.format);
  return result.document.conclusion.blocks ? EXIT_FINDINGS : EXIT_OK;
}

async function printReview({ document, sources }: Review, format: ReviewOptions['format']): Promise<void> {
  switch (format) {
    case 'json':
      return printJson(document);
    case 'markdown':
      return print(reviewInMarkdown(document, sources));
    case 'pretty':
      return print(reviewOnTerminal(document, sources, styleOf(process.stdout)));
  }
}
