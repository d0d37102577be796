/** Findings that say the same of one class or module are shown as one, with the other places named in it. */
import type { Finding } from '../contract/scan.ts';

export interface Family<Item> {
  /** The most important one. */
  readonly lead: Item;
  readonly others: readonly Item[];
}

/** @param items most important first; families come in the order of their leads */
export function families<Item extends { readonly finding: Finding }>(items: readonly Item[]): Family<Item>[] {
  const groups = Map.groupBy(items, ({ finding }) => finding.family);
  return [...groups.values()].flatMap(([lead, ...others]) => (lead ? [{ lead, others }] : []));
}
