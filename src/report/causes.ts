/** The table that the project starts from: six causes, and what helps against each. */
import type { Cause } from '../contract/words.ts';

export interface CauseRow {
  readonly title: string;
  /** What the table offers, with the condition under which it helps. */
  readonly remedy: string;
}

export const causes: Readonly<Record<Cause, CauseRow>> = {
  'reference-cycle': {
    title: 'Reference cycle',
    remedy: 'make the back reference weak (`weakref`); `gc.collect()` frees plain cycles, but late',
  },
  'still-in-scope': {
    title: 'Object still in scope',
    remedy:
      'remove the reference (`del obj`, `obj = None`) before the long part, not at the end of the function',
  },
  global: {
    title: 'Global variable',
    remedy: 'clear it, bound it or scope it; `del globals()["name"]` where the name itself must go',
  },
  cache: {
    title: 'Cache or module',
    remedy: 'bound it (`maxsize`), key it by plain values, empty it with `cache_clear()`',
  },
  fragmentation: {
    title: 'Memory fragmentation',
    remedy: '`malloc_trim(0)` gives freed glibc heap back; elsewhere recycle the worker process',
  },
  'external-library': {
    title: 'External library',
    remedy:
      'drop the reference first (`.copy()`, `.item()`, `.detach()`, `del`), then `gc.collect()` and `empty_cache()`',
  },
};
