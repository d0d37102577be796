import { longevity } from '../facts/life/longevity.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import { weakEntries, type WeakEntry } from '../facts/growth/weak-entries.ts';
import type { Confidence } from '../contract/words.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { defineRule } from '../scan/rule.ts';

/** `self._listeners.append(weakref.ref(listener))`, and nothing takes the dead ones out. */
export default defineRule({
  id: 'dead-weak-reference-kept',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'Dead weak references pile up in a container that nothing prunes',
  why:
    'A weak reference lets its object go, but it is an object itself and stays in the list or dict that it was put into. ' +
    'When objects come and go, a container that is never pruned fills with dead references, each with its slot, and every ' +
    'walk over it takes longer.',
  remedy:
    'Use a `weakref.WeakSet`, `WeakKeyDictionary` or `WeakValueDictionary`, which drop dead entries themselves; or give ' +
    'the reference a callback that takes it out: `weakref.ref(listener, self._listeners.remove)`.',
  notWhen: [
    'The file takes entries out, builds the container anew, or asks for its length.',
    'The reference has a callback.',
    'It is filled while modules are imported, or while the object is made.',
    'The object does one piece of work and goes.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import weakref

_views = []


class View:
    def __init__(self, title: str) -> None:
        self.title = title


def open_view(title: str) -> int:
    view = View(title)
    _views.append(weakref.ref(view))
    return sum(1 for ref in _views if ref() is not None)
`,
      good: `
import weakref

_views = weakref.WeakSet()


class View:
    def __init__(self, title: str) -> None:
        self.title = title


def open_view(title: str) -> int:
    view = View(title)
    _views.add(view)
    return len(_views)
`,
      ok: `
import weakref

_views = []


class View:
    def __init__(self, title: str) -> None:
        self.title = title


def open_view(title: str) -> int:
    view = View(title)
    _views.append(weakref.ref(view, _views.remove))
    return sum(1 for ref in _views if ref() is not None)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/weakref.html#weakref.WeakSet'],
  check(file, report) {
    const seen = new Set<WeakEntry['place']>();
    for (const entry of weakEntries(file)) {
      const { place, owner, operation } = entry;
      const target = file.drivable(operation.node);
      const confidence = seen.has(place) ? undefined : confidenceOf(file, entry);
      if (!target || !confidence) continue;
      seen.add(place);
      const holder = owner ? `self.${place.path}` : place.label;
      report({
        anchor: operation.node,
        message: `\`${holder}\` keeps each weak reference after its object is gone: nothing in this file takes dead ones out`,
        holder,
        payload: 'dead weak references',
        confidence,
        ...(owner ? {} : { cause: 'global' }),
        probe: { target: target.qualname },
      });
    }
  },
});

function confidenceOf(file: FileFacts, { owner, operation }: WeakEntry): Confidence | undefined {
  const around = file.functionAround(operation.node);
  if (!around || runsAtImport(file, around)) return undefined;
  if (!owner) return 'medium';
  const life = longevity(file, owner);
  return life < 0 ? undefined : life > 0 ? 'medium' : 'low';
}
