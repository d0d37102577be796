/** SARIF 2.1.0, which code scanning services and editors read. */
import type { Edit, Range } from '../contract/position.ts';
import type { Finding, ScanDocument } from '../contract/scan.ts';
import type { Confidence } from '../contract/words.ts';
import type { Rule } from '../scan/rule.ts';
import { RULE_PAGES } from '../scan/scan-file.ts';
import { causes } from './causes.ts';
import { visible } from './visible.ts';

/** Nothing was measured, so nothing is an `error`. */
const LEVELS: Record<Confidence, 'warning' | 'note'> = { high: 'warning', medium: 'warning', low: 'note' };
/** How code scanning sorts rules. */
const PRECISIONS: Record<Confidence, string> = { high: 'very-high', medium: 'high', low: 'medium' };

/** The root that paths are relative to: a name, so that the document holds no path of this machine. */
const ROOT = 'SRCROOT';

/**
 * @param version of Leakcheck
 * @returns a SARIF log of one run; columns count Unicode code points, as everywhere in Leakcheck
 */
export function sarif({ findings, notices }: ScanDocument, rules: readonly Rule[], version: string): object {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Leakcheck',
            version,
            informationUri: 'https://github.com/leakcheck/leakcheck',
            rules: rules.map(ruleEntry),
          },
        },
        columnKind: 'unicodeCodePoints',
        originalUriBaseIds: { [ROOT]: { description: { text: 'Where the scan was started.' } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notices.map(({ path, message }) => ({
              level: 'note',
              message: { text: visible(message) },
              locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
            })),
          },
        ],
        results: findings.map((finding) => result(finding, indexes.get(finding.rule))),
      },
    ],
  };
}

function ruleEntry(rule: Rule): object {
  const url = `${RULE_PAGES}/${rule.id}.md`;
  const exceptions = rule.notWhen.map((reason) => `- ${reason}`).join('\n');
  return {
    id: rule.id,
    name: rule.id.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${rule.summary}.` },
    fullDescription: { text: rule.why },
    help: {
      text: `${rule.why}\n\nWhat to do: ${rule.remedy}\n\nIt is no leak when:\n${exceptions}`,
      markdown: `${rule.why}\n\n**What to do:** ${rule.remedy}\n\n**It is no leak when:**\n\n${exceptions}\n\n[More about ${rule.id}](${url})`,
    },
    helpUri: url,
    defaultConfiguration: { level: LEVELS[rule.confidence] },
    properties: {
      tags: ['memory', 'performance', rule.cause],
      precision: PRECISIONS[rule.confidence],
      'problem.severity': rule.confidence === 'low' ? 'recommendation' : 'warning',
      cause: causes[rule.cause].title,
    },
  };
}

function result(finding: Finding, ruleIndex: number | undefined): object {
  const { rule, path, range, symbol, confidence, message, fingerprint, holder, payload, fix } = finding;
  return {
    ruleId: rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[confidence],
    message: { text: `${visible(message)}.` },
    locations: [
      {
        physicalLocation: { artifactLocation: artifact(path), region: region(range) },
        ...(symbol === '' ? {} : { logicalLocations: [{ fullyQualifiedName: visible(symbol) }] }),
      },
    ],
    partialFingerprints: { 'leakcheckFinding/v1': fingerprint },
    ...(fix === undefined ? {} : { fixes: [change(path, fix.title, fix.edits)] }),
    properties: { confidence, holder: visible(holder), payload: visible(payload) },
  };
}

function change(path: string, title: string, edits: readonly Edit[]): object {
  return {
    description: { text: visible(title) },
    artifactChanges: [
      {
        artifactLocation: artifact(path),
        replacements: edits.map(({ range, text }) => ({
          deletedRegion: region(range),
          insertedContent: { text },
        })),
      },
    ],
  };
}

function artifact(path: string): object {
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT };
}

/** Both are half-open: the end column is the first one after. */
function region({ start, end }: Range): object {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}
