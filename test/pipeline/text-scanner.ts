/** A scanner over plain text: `# LEAK holder confidence` marks a finding at its line, unless `CLEAR holder` stands anywhere. */
import type { Confidence } from '../../src/contract/words.ts';
import type { Scanner } from '../../src/scan/scanner.ts';
import { finding } from '../changes/sample-finding.ts';

export const textScanner: Scanner = {
  scan(path, source) {
    const text = new TextDecoder().decode(source);
    if (text.includes('CRASH')) throw new Error('the scanner broke');
    const findings = text.split('\n').flatMap((row, index) => {
      const [, holder = '', confidence = ''] = /# LEAK (\w+) (\w+)/.exec(row) ?? [];
      if (holder === '' || text.includes(`CLEAR ${holder}`)) return [];
      const line = index + 1;
      return [
        finding({
          fingerprint: `${path.replaceAll(/\W/g, '-')}.${holder}`,
          family: path,
          path,
          line,
          range: { start: { line, column: 1 }, end: { line, column: row.length + 1 } },
          holder,
          message: `${holder} keeps it`,
          confidence: confidence as Confidence,
          probe: { target: `${path}::${holder}`, recipe: 'growth', vary: [] },
        }),
      ];
    });
    return {
      findings,
      notices: text.includes('ODD') ? [{ path, message: 'is odd' }] : [],
      failures: text.includes('BROKEN RULE') ? ['some-rule'] : [],
    };
  },
};
