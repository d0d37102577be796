import { expiringMaps } from '../facts/growth/expiry.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { BOUND, dropOldest } from '../scan/fix-bound.ts';
import { defineRule } from '../scan/rule.ts';

/** Caches with a lifetime that remove an entry only when somebody asks for it after its time. */
export default defineRule({
  id: 'expired-only-when-read',
  cause: 'cache',
  confidence: 'medium',
  summary: 'Entries expire only when they are read, so those that nobody asks for again stay',
  why:
    'The cache looks at the age of an entry when its key is read, and removes it then. A key that is never read again ' +
    'is never removed, and keys from requests are mostly of that kind: the cache grows in spite of its lifetime.',
  remedy:
    'Remove what is expired when something is added, or from a timer; or bound the number of entries. ' +
    '`cachetools.TTLCache(maxsize=…, ttl=…)` does both.',
  notWhen: [
    'Something in the file walks over the entries and removes those that are expired.',
    'Its length is asked for, or it is emptied as a whole.',
    'The keys are few: literals, flags, enums, classes.',
    'Entries are removed for another reason than their age.',
    'The container lives no longer than a call.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import time

_entries: dict[str, tuple[float, str]] = {}


def get(key: str) -> str | None:
    entry = _entries.get(key)
    if entry is not None and time.monotonic() - entry[0] > 60:
        del _entries[key]
        return None
    return entry[1] if entry else None


def put(key: str, value: str) -> int:
    _entries[key] = (time.monotonic(), value * 20)
    return len(key)
`,
      good: `
import time

_entries: dict[str, tuple[float, str]] = {}


def get(key: str) -> str | None:
    entry = _entries.get(key)
    if entry is not None and time.monotonic() - entry[0] > 60:
        del _entries[key]
        return None
    return entry[1] if entry else None


def put(key: str, value: str) -> int:
    if len(_entries) >= 256:
        _entries.pop(next(iter(_entries)))
    _entries[key] = (time.monotonic(), value * 20)
    return len(key)
`,
    },
  ],
  links: ['https://cachetools.readthedocs.io/en/stable/#cachetools.TTLCache'],
  check(file, report) {
    for (const { place, container, insertion, target, parameters } of expiringMaps(file)) {
      const { label } = place;
      const edit = dropOldest(
        file,
        container,
        ownName(insertion.key?.parent?.text, label),
        statementOf(insertion.node),
      );
      report({
        anchor: insertion.node,
        message: `\`${label}\` removes an expired entry only when its key is read: keys that nobody asks for again stay`,
        holder: label,
        payload: 'expired entries',
        ...(edit
          ? {
              fix: {
                title: `Drop the oldest entry when there are ${BOUND}, or what the process can afford`,
                safety: 'review',
                edits: [edit],
              },
            }
          : {}),
        probe: { target: target.qualname, vary: parameters.map(({ name }) => name) },
      });
    }
  },
});

/** How the code itself writes the container: `self._entries` of `self._entries[key]`. */
function ownName(subscript: string | undefined, label: string): string {
  return /^[\w.]+(?=\[)/.exec(subscript ?? '')?.[0] ?? label;
}
