import { backReferences, type BackReference } from '../facts/cycles/back-references.ts';
import { clearedAttributes } from '../facts/places/clearing.ts';
import { endsLife, methodAt } from '../facts/life/endings.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { hasSlots, payloadOf, takesWeakReferences } from '../facts/places/instances.ts';
import { isSingleton } from '../facts/life/lifetimes.ts';
import type { Place } from '../facts/places/places.ts';
import type { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { memberOf, replaceNode } from '../scan/fix.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** Parents that hold their children while the children hold their parent. */
export default defineRule({
  id: 'parent-child-cycle',
  cause: 'reference-cycle',
  confidence: 'medium',
  summary: 'Parent and child hold each other, so that only the garbage collector can free them',
  why:
    'When the parent is dropped, its children still refer to it, and it to them: reference counting frees neither. The ' +
    'garbage collector does, but it counts containers and not bytes, so that hundreds of dropped trees with megabytes in ' +
    'their nodes can pile up before it runs. Where it is off or frozen, or the memory is on a GPU, they stay.',
  remedy:
    'Make the reference back to the parent weak (`weakref.proxy(parent)` or `weakref.ref(parent)`), never both: whoever ' +
    'works with a child must then keep the parent. Or set it to `None` where the child leaves the tree or the tree is ' +
    'closed. Where the nodes are small, leave them to the collector, or call `gc.collect()` after a large batch.',
  notWhen: [
    'The reference back is weak, or the parent holds its children weakly.',
    'The parent does not hold the child.',
    'A method other than the constructor sets the reference back to `None` or deletes it.',
    'The nodes have `__slots__`, or the parent makes the child for itself, and neither holds anything large.',
    'The file makes one parent only, at module level, or closing the parent lets go of the child.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
from __future__ import annotations


class Tile:
    def __init__(self, parent: Tile | None = None) -> None:
        self.tiles: list[Tile] = []
        self.pixels = bytearray(64 * 64)
        self.parent = parent
        if parent is not None:
            parent.tiles.append(self)


def mosaic(tiles: int) -> int:
    whole = Tile()
    for _ in range(tiles):
        Tile(whole)
    return len(whole.tiles)
`,
      good: `
from __future__ import annotations

import weakref


class Tile:
    def __init__(self, parent: Tile | None = None) -> None:
        self.tiles: list[Tile] = []
        self.pixels = bytearray(64 * 64)
        self.parent = weakref.proxy(parent) if parent is not None else None
        if parent is not None:
            parent.tiles.append(self)


def mosaic(tiles: int) -> int:
    whole = Tile()
    for _ in range(tiles):
        Tile(whole)
    return len(whole.tiles)
`,
      ok: `
from __future__ import annotations


class Tile:
    def __init__(self, parent: Tile | None = None) -> None:
        self.tiles: list[Tile] = []
        self.pixels = bytearray(64 * 64)
        self.parent = parent
        if parent is not None:
            parent.tiles.append(self)

    def close(self) -> None:
        self.parent = None
        for tile in self.tiles:
            tile.close()
`,
    },
    {
      bad: `
from __future__ import annotations


class Layer:
    def __init__(self, image: Image, size: int) -> None:
        self.image = image
        self.values = bytearray(size * 1000)


class Image:
    def __init__(self) -> None:
        self.layers: dict[str, Layer] = {}

    def layer(self, size: int) -> int:
        self.layers["base"] = Layer(self, size)
        return len(self.layers)
`,
      good: `
from __future__ import annotations

import weakref


class Layer:
    def __init__(self, image: Image, size: int) -> None:
        self.image = weakref.proxy(image)
        self.values = bytearray(size * 1000)


class Image:
    def __init__(self) -> None:
        self.layers: dict[str, Layer] = {}

    def layer(self, size: int) -> int:
        self.layers["base"] = Layer(self, size)
        return len(self.layers)
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/weakref.html#weakref.proxy',
    'https://devguide.python.org/internals/garbage-collector/',
  ],
  check(file, report) {
    const references = backReferences(file);
    if (references.length === 0) return;
    const cleared = clearedAttributes(file);
    for (const reference of references) {
      if (cleared.has(reference.attribute) || isHarmless(file, reference)) continue;
      const isLoose = setByHook(file, reference) || cleared.has(reference.forward?.path ?? '');
      report({ ...hitOf(file, reference), ...(isLoose ? { confidence: 'low' } : {}) });
    }
  },
});

function isHarmless(file: FileFacts, reference: BackReference): boolean {
  const { assignment, maker, attribute, forward, parent, child } = reference;
  if (forward && file.places.container(forward)?.growth === 'weak') return true;
  if (parent && isSingleton(file, parent)) return true;
  if (forward && isLetGo(file, forward)) return true;
  // A property may store anything, also a weak reference.
  if (child?.methods.has(attribute)) return true;
  if (!child || payloadOf(file, child) || (parent && payloadOf(file, parent))) return false;
  // Helpers that an object makes for itself are common; without anything large they do no harm.
  return hasSlots(child) || maker !== assignment;
}

/** Hooks by which declarations learn to what they belong: they run while modules are imported. */
function setByHook(file: FileFacts, { assignment }: BackReference): boolean {
  const name = file.functionAround(assignment)?.name ?? '';
  return /^(_*(set_parent|attach|contribute_to_class)|__set_name__|__init_subclass__)$/.test(name);
}

/** Whether the parent sets its reference to the child to `None` at some time. */
function isLetGo(file: FileFacts, forward: Place): boolean {
  return forward
    .of('bind')
    .some(({ value, scope }) => value?.type === 'none' && endsLife(methodAt(file, scope)));
}

function hitOf(file: FileFacts, reference: BackReference): Hit {
  const { assignment, maker, forward, parent, child } = reference;
  const large = (child && payloadOf(file, child)) ?? (parent && payloadOf(file, parent));
  const owner = child && payloadOf(file, child) ? child : parent;
  // A parent that removes its children may well do so before it is dropped.
  const removes = forward !== undefined && forward.of('shrink').length > 0;
  const isExplicit = assignment.child('left')?.child('object')?.type === 'attribute';
  const written = assignment.child('left')?.text ?? reference.attribute;
  const target = file.drivable(maker);
  const names = [
    parent ? `the ${parent.name}` : 'the parent',
    child ? `the ${child.name}` : 'the child',
  ] as const;
  return {
    anchor: assignment,
    message: `${written} refers back to ${names[0]} that holds ${names[1]}: only the garbage collector can free them`,
    // The object that points back has another name in each place.
    holder: file.isSelf(assignment.child('left')?.child('object')) ? written : reference.attribute,
    payload: large ? `${large} of ${owner?.name ?? 'both'}` : `${names[0]} and ${names[1]}`,
    ...((large || isExplicit) && !removes ? {} : { confidence: 'low' }),
    ...weakFix(file, reference),
    ...(target
      ? {
          probe: {
            target: target.qualname,
            vary: maker === assignment ? parentParameter(file, reference) : [],
          },
        }
      : {}),
  };
}

/** A parent that is `None` by default makes no cycle: each call needs one. */
function parentParameter(file: FileFacts, { value }: BackReference): string[] {
  return file.isSelf(value) ? [] : [value.text];
}

function weakFix(file: FileFacts, { value, parent, assignment }: BackReference): { fix?: ProposedFix } {
  if (parent && !takesWeakReferences(parent)) return {};
  const proxy = memberOf(file, 'weakref', 'proxy');
  const weak = `${proxy.text}(${value.text})`;
  const text = mayBeNone(file, value) ? `${weak} if ${value.text} is not None else None` : weak;
  if (assignment.child('right') !== value) return {};
  return {
    fix: {
      title: 'Make the way back weak; whoever works with a child must keep the parent alive',
      safety: 'review',
      edits: [replaceNode(file, value, text), ...proxy.edits],
    },
  };
}

function mayBeNone(file: FileFacts, name: Node): boolean {
  const binding = file.binding(name);
  if (!binding || file.isSelf(name)) return false;
  return file.onceFor(binding, isNullable);
}

/** Whether a parameter may be `None`: by its default, its annotation, or because the function asks. */
function isNullable(file: FileFacts, binding: Binding): boolean {
  const around = file.definitions.functionOf(binding.scope);
  const parameter = around?.parameters.find(({ name }) => name === binding.name);
  if (parameter?.default?.type === 'none') return true;
  if (/\bNone\b|\bOptional\b/.test(parameter?.annotation?.text ?? '')) return true;
  return binding.uses.some(({ parent, field }) => {
    const isCompared = parent?.type === 'comparison_operator' && / (is|is not|==|!=) None$/.test(parent.text);
    const isAsked =
      field === 'condition' || ['not_operator', 'boolean_operator'].includes(parent?.type ?? '');
    return isCompared || isAsked;
  });
}
