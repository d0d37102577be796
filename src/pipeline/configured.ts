/** What the configuration changes on the way from the changed files to the probe plan. */
import { appliesTo } from '../config/paths.ts';
import { withRuleLevels } from '../config/rule-levels.ts';
import type { Config } from '../config/schema.ts';
import type { Change } from '../changes/change.ts';
import type { Planned } from '../probe/plan.ts';
import type { AnyScanner } from './scan-sides.ts';

/** Files that are no Python stay: they count as changed. */
export function wantedChanges(changes: readonly Change[], config: Config): Change[] {
  return changes.filter(({ path }) => !path.endsWith('.py') || appliesTo(config, path));
}

export function withLevels(scanner: AnyScanner, config: Config): AnyScanner {
  return {
    async scan(path, source) {
      const scan = await scanner.scan(path, source);
      return { ...scan, findings: withRuleLevels(config, scan.findings) };
    },
  };
}

export function withDrivers(planned: Planned, config: Config): Planned {
  const { plan } = planned;
  if (plan === null) return planned;
  const drivers = new Map(config.probe.targets.map(({ match, driver }) => [match, driver]));
  const targets = plan.targets.map((target) => ({
    ...target,
    driver: drivers.get(target.target) ?? target.driver,
  }));
  return { ...planned, plan: { ...plan, targets } };
}
