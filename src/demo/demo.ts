/** `leakcheck demo`: reviews a sample pull request for real, on this machine. */
import { EXIT_OK } from '../errors.ts';
import { runReview } from '../cli/review.ts';
import { makeTemporaryDirectory } from '../process/temporary-directory.ts';
import { findPythonWithNumpy } from './numpy-python.ts';
import { BASE_BRANCH, HEAD_BRANCH, makeSampleRepository } from './sample-repository.ts';

const ABOUT = `
A small parcel service, and a pull request that makes it faster. It brings in one leak for each of the six
causes, and for each cause something that only looks like one; it fixes an old leak and leaves another alone.
`;

/** @param format how the review is printed @returns 0 also when the check would block: the demo did what it should */
export async function demo(format: 'pretty' | 'json' = 'pretty'): Promise<number> {
  say(ABOUT);
  const directory = await makeTemporaryDirectory();
  try {
    // 1. A Python for the probe.
    const python = await findPythonWithNumpy(say);
    say(python.numpy ? python.reason : `The finding about NumPy stays suspected: ${python.reason}`);

    // 2. A repository with both branches.
    await makeSampleRepository(directory.path);

    // 3. The same review as anywhere else.
    await runReview({
      base: BASE_BRANCH,
      head: HEAD_BRANCH,
      repository: directory.path,
      probe: true,
      ...(python.path === undefined ? {} : { python: python.path }),
      blockOn: 'confirmed',
      probeRequired: false,
      config: false,
      format,
      progress: true,
    });
    return EXIT_OK;
  } finally {
    directory.remove();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
