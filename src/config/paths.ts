/** Which files the configuration wants reviewed. */
import { matchesGlob } from 'node:path';
import type { Config } from './schema.ts';

export function appliesTo(config: Config, path: string): boolean {
  const { include, exclude } = config.paths;
  return include.some((glob) => matches(path, glob)) && !exclude.some((glob) => matches(path, glob));
}

// A `*` of the library skips names that begin with a dot; here such folders are as good as others.
const DOT = '\uE000';

function matches(path: string, glob: string): boolean {
  return matchesGlob(path.replace(/(?<=^|\/)\./g, DOT), glob.replace(/(?<=^|[/{,])\./g, DOT));
}

/**
 * Names in a pull request are hostile, and time to match grows with the power of the stars: so few stars, no nesting.
 *
 * @returns what is wrong with a glob, or null
 */
export function globProblem(glob: string): string | null {
  if (glob.startsWith('!')) return 'must not begin with "!": put the rest of it under paths.exclude';
  if (glob.startsWith('/') || glob.startsWith('./')) return 'must be relative to the root, such as "app/**"';
  if (glob.includes('\\')) return 'must be written with forward slashes';
  if (glob.endsWith('/')) return `must not end with a slash: write "${glob}**"`;
  if (/[?*+@!]\(/.test(glob)) return 'must not use groups such as "+(a|b)": write two lines';
  if (/\{[^}]*(\{|\.\.)/.test(glob)) return 'must not use ranges or nested braces: write two lines';
  if ((glob.match(/[{,]/g) ?? []).length > 20) return 'must not have so many alternatives: write two lines';
  const segments = glob.split('/');
  if (segments.filter((segment) => segment === '**').length > 4) return 'must not have more than four "**"';
  if (segments.some((segment) => (segment.match(/\*+/g) ?? []).length > 2))
    return 'must not have more than two "*" between slashes';
  return null;
}
