/** A finding of which a test says only what matters to it. */
import type { Finding } from '../../src/contract/scan.ts';

export function finding(given: Partial<Finding> & { readonly line?: number } = {}): Finding {
  const { line = 8, ...rest } = given;
  return {
    fingerprint: 'f00dfeed00000001',
    family: 'module-container-grows app/cache.py',
    rule: 'module-container-grows',
    cause: 'global',
    confidence: 'high',
    path: 'app/cache.py',
    range: { start: { line, column: 5 }, end: { line, column: 23 } },
    symbol: 'remember',
    message: '`_seen` keeps every value',
    holder: '_seen',
    payload: 'every value',
    probe: { target: 'app/cache.py::remember', recipe: 'growth', vary: [] },
    url: 'https://example.org/rules/module-container-grows.md',
    ...rest,
  };
}
