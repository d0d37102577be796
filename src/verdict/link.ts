/** Does what the probe measured pass through this finding? */
import type { ProbeResult, RetainingPath } from '../contract/report.ts';
import type { Finding } from '../contract/scan.ts';

/**
 * A path matches when the names of the holder stand in it side by side, outermost first: the holder `Repo.load` matches
 * `app.repo.Repo.load.<lru_cache>[*] -> Repo`. `self` and `cls` are left out, for a path starts at a root and not in the method.
 * The last item of a path is the type of what is kept, and never matches.
 *
 * @returns what links them, in words; null when nothing does
 */
export function findLink(finding: Finding, result: ProbeResult): string | null {
  const path = pathThroughHolder(finding, result);
  if (path !== undefined) return `kept by ${path.path}`;
  const { start, end } = finding.range;
  const allocation = result.allocations.find(
    ({ path: file, line }) => file === finding.path && line >= start.line && line <= end.line,
  );
  if (allocation !== undefined) return `what stays was allocated at line ${allocation.line}`;
  return linkOfRecipe(finding, result);
}

export function pathThroughHolder(finding: Finding, result: ProbeResult): RetainingPath | undefined {
  const holder = holderNames(finding.holder);
  return result.paths.find((candidate) => passesThrough(pathNames(candidate.path), holder));
}

/** These recipes look at the hold's own names or at nothing but the target, so what they measure is the finding's by construction. */
function linkOfRecipe(finding: Finding, result: ProbeResult): string | null {
  if (finding.probe?.recipe !== result.recipe) return null;
  switch (result.outcome) {
    case 'peak':
      return `${(finding.probe.hold?.names ?? [finding.holder]).join(', ')} could have been let go before that line`;
    case 'fragmentation':
      return 'memory that the flagged code freed did not go back to the system';
    case 'leak':
    case 'cycle-garbage':
    case 'clean':
    case 'inconclusive':
      return null;
  }
}

function holderNames(holder: string): string[] {
  const names = identifiers(holder);
  const own = names[0] === 'self' || names[0] === 'cls' ? names.slice(1) : names;
  return own;
}

/** Keys and what the probe describes in angle brackets are no names, but for closures, defaults, locals and caches that it names. */
function pathNames(path: string): string[] {
  const end = path.lastIndexOf(' -> ');
  const named = (end === -1 ? path : path.slice(0, end))
    .replace(/'[^']*'|"[^"]*"/g, '')
    .replace(/<(?:closure|default|local|lru_cache of) ([^<>]*)>/g, '$1')
    .replace(/<[^<>]*>/g, '');
  return identifiers(named);
}

function identifiers(text: string): string[] {
  return text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
}

function passesThrough(path: readonly string[], holder: readonly string[]): boolean {
  if (holder.length === 0) return false;
  return path.some((_, at) => holder.every((name, index) => path[at + index] === name));
}
