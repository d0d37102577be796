/** The configuration of a repository, or why it cannot be used. */
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { PullRequestState } from '../github/ports.ts';

export type ConfigReading = { readonly config: Config } | { readonly problems: readonly string[] };

export function readConfig(found: PullRequestState['config']): ConfigReading {
  if (found === null) return { config: DEFAULT_CONFIG };
  const loaded = loadConfig(found.text, found.source);
  return 'config' in loaded ? loaded : { problems: loaded.problems.map(({ message }) => message) };
}
