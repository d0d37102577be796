/** What `scan --format sarif` and `--format github` print. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import type { ScanDocument } from '../../src/contract/scan.ts';
import { sarif } from '../../src/report/sarif.ts';
import { workflowCommands } from '../../src/report/workflow-commands.ts';
import { rules } from '../../src/rules/index.ts';
import { createScanner } from '../../src/scan/create-scanner.ts';

const official = JSON.parse(
  readFileSync(new URL('../schemas/sarif-2.1.0.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
// OASIS publishes it as draft 4; without these two words it means the same in the draft that Ajv reads.
delete official['$schema'];
delete official['id'];
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const conforms = ajv.compile(official);

const scanner = await createScanner();

function scanned(path: string, code: string): ScanDocument {
  const { findings, notices } = scanner.scan(path, Buffer.from(code));
  return { schema: 'leakcheck/scan@1', findings, notices, stats: { files: 1, bytes: 0, milliseconds: 0 } };
}

interface Log {
  runs: {
    tool: { driver: { rules: { id: string; helpUri: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[];
      partialFingerprints: Record<string, string>;
    }[];
    invocations: { toolExecutionNotifications: { message: { text: string } }[] }[];
  }[];
}

test('every example of every rule makes a log that conforms to the official schema', () => {
  const documents = rules.flatMap((rule) =>
    rule.examples.map(({ bad }, index) => scanned(`app/${rule.id} ${index}.py`, bad)),
  );

  for (const document of documents) {
    expect(document.findings).not.toEqual([]);
    const log = sarif(document, rules, '1.2.3');
    expect(conforms(log), JSON.stringify(conforms.errors?.slice(0, 3))).toBe(true);
  }
});

test('a result names rule, place, level and fingerprint', () => {
  const code =
    'import functools\n\n\nclass Répo:\n    @functools.cache\n    def load(self, key):\n        return key\n';
  const document = scanned('src/ä b.py', `${code}x = (\n`);

  const [run] = (sarif(document, rules, '1.2.3') as Log).runs;

  const [result] = run?.results ?? [];
  expect(result).toMatchObject({
    ruleId: 'cached-method',
    level: 'warning',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'src/%C3%A4%20b.py' },
          region: { startLine: 5, startColumn: 5, endLine: 5, endColumn: 21 },
        },
      },
    ],
    partialFingerprints: { 'leakcheckFinding/v1': document.findings[0]?.fingerprint },
  });
  expect(run?.tool.driver.rules[result?.ruleIndex ?? -1]).toMatchObject({ id: 'cached-method' });
  expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
  expect(run?.invocations[0]?.toolExecutionNotifications[0]?.message.text).toContain('does not parse');
});

test('one workflow command for each finding, and no more, whatever the names are', () => {
  const code =
    'import functools\n\n\nclass Repo:\n    @functools.cache\n    def load(self, key):\n        return key\n';
  const document = scanned('src/a,b:c%0A::error::.py', code);

  const lines = workflowCommands(document).trimEnd().split('\n');

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^::warning file=src\/a%2Cb%3Ac%250A%3A%3Aerror%3A%3A\.py,line=5,endLine=5,col=5,title=Leakcheck%3A cached-method \(\w+\)::/,
  );
});
