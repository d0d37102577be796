/** Applies the confidence that the configuration gives to single rules. */
import type { Finding } from '../contract/scan.ts';
import type { Config } from './schema.ts';

/** @returns the findings without those of rules that are off */
export function withRuleLevels(config: Config, findings: readonly Finding[]): Finding[] {
  return findings.flatMap((finding) => {
    const level = config.rules[finding.rule];
    if (level === 'off' || level === false) return [];
    return [level === undefined ? finding : { ...finding, confidence: level }];
  });
}
