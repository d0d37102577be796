/** One file, all rules. What cannot be read becomes a notice; a rule that fails does not stop the others. */
import type { Finding, Notice } from '../contract/scan.ts';
import { FileFacts } from '../facts/file-facts.ts';
import type { Node, SyntaxTree } from '../python/node.ts';
import { fingerprint, wordsOf } from './fingerprint.ts';
import type { Hit, Rule } from './rule.ts';
import type { FileScan } from './scanner.ts';
import { Suppressions } from './suppression.ts';

/** Where the pages of the rules are. */
export const RULE_PAGES = 'https://github.com/leakcheck/leakcheck/blob/main/docs/rules';

export function scanFile(path: string, tree: SyntaxTree, rules: readonly Rule[]): FileScan {
  const file = new FileFacts(path, tree);
  const notices: Notice[] = [];
  if (tree.errorAt !== undefined) {
    const line = file.lines.line(tree.errorAt);
    notices.push({ path, message: `line ${line} does not parse; the rest of the file was scanned` });
  }

  const suppressions = new Suppressions(file);
  for (const { line, id } of suppressions.unknown(new Set(rules.map((rule) => rule.id)))) {
    notices.push({ path, message: `line ${line} ignores '${id}', which is no rule: see 'leakcheck rules'` });
  }

  const hits: { rule: Rule; hit: Hit }[] = [];
  const failures: string[] = [];
  for (const rule of rules) {
    try {
      rule.check(file, (hit) => hits.push({ rule, hit }));
    } catch (error) {
      failures.push(rule.id);
      const reason = error instanceof Error ? error.message : String(error);
      notices.push({ path, message: `the rule ${rule.id} failed (${reason}); the other rules went on` });
    }
  }

  const seen = new Map<string, number>();
  const findings = hits
    .filter(({ rule, hit }) => isWorthSaying(file, rule, hit) && !suppressions.silences(rule, hit.anchor))
    .sort((a, b) => a.hit.anchor.start - b.hit.anchor.start || a.rule.id.localeCompare(b.rule.id))
    .map(({ rule, hit }) => toFinding(file, rule, hit, seen));
  return { findings, notices, failures };
}

/** In tests, tools, generated and vendored code what counts elsewhere is advice, and advice is nothing. */
function isWorthSaying(file: FileFacts, rule: Rule, hit: Hit): boolean {
  return file.setting === 'product' || (hit.confidence ?? rule.confidence) !== 'low';
}

function toFinding(file: FileFacts, rule: Rule, hit: Hit, seen: Map<string, number>): Finding {
  const symbol = hit.symbol ?? file.symbolAt(hit.anchor);
  const parts = [rule.id, file.path, symbol];
  const same = JSON.stringify([...parts, wordsOf(hit.anchor)]);
  const occurrence = seen.get(same) ?? 0;
  seen.set(same, occurrence + 1);
  return {
    fingerprint: fingerprint(parts, hit.anchor, occurrence),
    family: [rule.id, file.path, outermostClass(file, hit.anchor)].filter(Boolean).join(' '),
    rule: rule.id,
    cause: hit.cause ?? rule.cause,
    confidence: file.setting === 'product' ? (hit.confidence ?? rule.confidence) : 'low',
    path: file.path,
    range: file.headRange(hit.anchor),
    symbol,
    message: hit.message,
    holder: hit.holder,
    payload: hit.payload,
    ...(hit.fix ? { fix: { ...hit.fix, edits: [...hit.fix.edits] } } : {}),
    ...(hit.probe
      ? {
          probe: {
            target: `${file.path}::${hit.probe.target}`,
            recipe: hit.probe.recipe ?? rule.recipe,
            vary: [...(hit.probe.vary ?? [])],
            ...(hit.probe.hold ? { hold: hit.probe.hold } : {}),
          },
        }
      : {}),
    url: `${RULE_PAGES}/${rule.id}.md`,
  };
}

/** One class, one family; what stands outside of classes belongs to the module. */
function outermostClass(file: FileFacts, anchor: Node): string | undefined {
  let outermost: string | undefined;
  for (let scope = file.scopes.at(anchor).nearest('class'); scope; scope = scope.parent?.nearest('class'))
    outermost = scope.qualname;
  return outermost;
}
