/** The octokits that our adapters run on, as the App and the Action make them. */
import { Octokit as RestOctokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import type { Octokit } from '../../src/github/octokit.ts';

const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Retries stay on, so that a call which must not be repeated is seen when it is. */
export function probotOctokit(): Octokit {
  return new ProbotOctokit({ auth: { token: 'token' }, throttle: { enabled: false }, log: silent });
}

export function restOctokit(): Octokit {
  return new RestOctokit({ auth: 'token', log: silent });
}

function ignore(): void {
  // Tests look at what is sent, not at what is logged.
}
