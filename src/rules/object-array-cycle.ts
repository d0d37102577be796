import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { ClassFacts } from '../facts/syntax/functions.ts';
import { isPlainMethod, methodNamed } from '../facts/places/instances.ts';
import { keptParts } from '../facts/places/kept-parts.ts';
import { isSingleton } from '../facts/life/lifetimes.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Arrays of objects whose elements hold the object that holds the array. */
export default defineRule({
  id: 'object-array-cycle',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A NumPy array of objects is part of a cycle, which the garbage collector cannot see',
  why:
    'NumPy arrays take no part in garbage collection. When an object holds an array with `dtype=object`, and an element ' +
    'of the array holds the object, all of it stays in memory for ever: other cycles go with the next run of the ' +
    'collector, this one never does. Tables of pandas with a column of objects are built on such arrays.',
  remedy:
    'Keep the elements in a list, which the collector can follow, or let them hold their owner weakly: ' +
    '`self.board = weakref.ref(board)`.',
  notWhen: [
    'The elements do not hold the owner, or hold it weakly.',
    'The array has numbers in it, or is a list.',
    'The array is a local that is not stored on the owner.',
    'There is one owner only, which lives as long as the process.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import numpy as np


class Cell:
    def __init__(self, board: "Board") -> None:
        self.board = board


class Board:
    def __init__(self, size: int = 8) -> None:
        self.cells = np.empty(size, dtype=object)
        for at in range(size):
            self.cells[at] = Cell(self)


def play(size: int = 8) -> int:
    return len(Board(size).cells)
`,
      good: `
import weakref

import numpy as np


class Cell:
    def __init__(self, board: "Board") -> None:
        self.board = weakref.ref(board)


class Board:
    def __init__(self, size: int = 8) -> None:
        self.cells = np.empty(size, dtype=object)
        for at in range(size):
            self.cells[at] = Cell(self)


def play(size: int = 8) -> int:
    return len(Board(size).cells)
`,
      ok: `
class Cell:
    def __init__(self, board: "Board") -> None:
        self.board = board


class Board:
    def __init__(self, size: int = 8) -> None:
        self.cells = [Cell(self) for _ in range(size)]
`,
      needs: 'numpy',
    },
  ],
  links: ['https://github.com/numpy/numpy/issues/6581'],
  check(file, report) {
    if (!/\b(object_?|DataFrame|Series)\b|['"]O['"]/.test(file.tree.source)) return;
    const seen = new Set<string>();
    for (const assignment of file.nodes('assignment')) {
      const owner = file.classAround(assignment);
      const part = owner && !isSingleton(file, owner) ? storedOwner(file, assignment, owner) : undefined;
      if (!owner || !part) continue;
      const attribute = arrayAttribute(file, assignment, owner) ?? '';
      const key = `${owner.qualname}.${attribute}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const target = file.drivable(assignment);
      report({
        anchor: assignment,
        message: `\`self.${attribute}\` is an array of objects, and \`${part.text}\` in it holds \`self\` again: the garbage collector cannot see this cycle and never frees it`,
        holder: key,
        payload: `every instance of ${owner.name} with all that it holds`,
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

/** The part of what an assignment puts into an array of objects that holds `self`. */
function storedOwner(file: FileFacts, assignment: Node, owner: ClassFacts): Node | undefined {
  if (arrayAttribute(file, assignment, owner) === undefined) return undefined;
  const right = assignment.child('right');
  const stored = isObjectArray(file, right) ? positionalArguments(right)[0] : right;
  return keptParts(file, stored).find((part) => holdsSelf(file, part, owner));
}

/** `cells` of `self.cells[i] = …`, `rec["item"] = …` for `rec in self.cells`, `self.cells = np.array([…], dtype=object)`. */
function arrayAttribute(file: FileFacts, assignment: Node, owner: ClassFacts): string | undefined {
  const left = assignment.child('left');
  if (left?.type === 'attribute') {
    return isObjectArray(file, assignment.child('right')) ? attributeOfSelf(file, left) : undefined;
  }
  if (left?.type !== 'subscript') return undefined;
  const name = attributeBehind(file, left);
  if (name === undefined) return undefined;
  const births = file.places.ofClass(owner).get(name)?.of('bind') ?? [];
  return births.some(({ value }) => isObjectArray(file, value)) ? name : undefined;
}

/** The attribute of `self` that an element belongs to; `for rec in self.cells` and `cells = self.cells` are followed. */
function attributeBehind(file: FileFacts, element: Node): string | undefined {
  let at: Node | undefined = element;
  for (let step = 0; at && step < 8; step++) {
    const name = attributeOfSelf(file, at);
    if (name !== undefined) return name;
    if (at.type === 'subscript') at = at.child('value');
    else if (at.type === 'attribute') at = at.child('object');
    else if (at.type === 'identifier') at = sourceOf(file, at);
    else return undefined;
  }
  return undefined;
}

function sourceOf(file: FileFacts, identifier: Node): Node | undefined {
  const definition = file.binding(identifier)?.definitions[0];
  if (definition?.kind === 'for') return definition.node.closest('for_statement')?.child('right');
  if (definition?.kind !== 'assignment') return undefined;
  // `cells = np.empty(…); self.cells = cells`
  const stored = file.binding(identifier)?.uses.find(({ parent, field }) => {
    return parent?.type === 'assignment' && field === 'right';
  });
  return isObjectArray(file, definition.value) ? stored?.parent?.child('left') : definition.value;
}

function attributeOfSelf(file: FileFacts, node: Node): string | undefined {
  return node.type === 'attribute' && file.isSelf(node.child('object'))
    ? node.child('attribute')?.text
    : undefined;
}

const OBJECT = /^((np|numpy|builtins)\.)?object_?$|^['"](O|object)['"]$/;

/** `np.empty(n, dtype=object)`, records with a field of objects, tables of pandas. */
function isObjectArray(file: FileFacts, value: Node | undefined): boolean {
  if (value?.type === 'identifier') {
    const { only } = file.binding(value) ?? {};
    return only?.kind === 'assignment' && only.value?.type === 'call' && isObjectArray(file, only.value);
  }
  if (value?.type !== 'call') return false;
  const name = file.names.callee(value) ?? '';
  if (/^pandas\.(DataFrame|Series)$/.test(name)) return true;
  const callee = value.child('function');
  const isCast = callee?.child('attribute')?.text === 'astype';
  if (!isCast && !name.startsWith('numpy.')) return false;
  const dtype = keywordArgument(value, 'dtype') ?? positionalArguments(value)[isCast ? 0 : 1];
  if (!dtype) return false;
  if (OBJECT.test(dtype.text)) return true;
  return /^(list|call)$/.test(dtype.type) && dtype.descendants().some(({ text }) => OBJECT.test(text));
}

/** `self`, a method of it, a lambda over it, `Cell(self)` where a cell keeps what it is given. */
function holdsSelf(file: FileFacts, part: Node, owner: ClassFacts): boolean {
  if (file.isSelf(part)) return true;
  if (part.type === 'lambda') return part.descendants().some((node) => file.isSelf(node));
  if (part.type === 'attribute') {
    const method = methodNamed(owner, part.child('attribute')?.text ?? '');
    return file.isSelf(part.child('object')) && method !== undefined && isPlainMethod(method);
  }
  const callee = part.type === 'call' ? part.child('function') : undefined;
  const name = (callee?.type === 'attribute' ? callee.child('attribute') : callee)?.text ?? '';
  if (!/^_*[A-Z]/.test(name)) return false;
  const at = positionalArguments(part).findIndex((argument) => file.isSelf(argument));
  const keyword = (part.child('arguments')?.children ?? []).find((argument) => {
    return argument.type === 'keyword_argument' && file.isSelf(argument.child('value'));
  });
  if (at < 0 && !keyword) return false;
  const made = file.classes.find((facts) => facts.name === name);
  return !made || keepsArgument(file, made, keyword?.child('name')?.text ?? at);
}

/** Whether the constructor of a class stores a parameter as it is, not a weak reference to it. */
function keepsArgument(file: FileFacts, made: ClassFacts, which: string | number): boolean {
  const constructor = methodNamed(made, '__init__');
  if (!constructor) return true;
  const parameter = constructor.parameters.find(({ name }, index) => name === which || index - 1 === which);
  return [...file.places.ofClass(made).values()].some((place) =>
    place.of('bind', 'grow').some(({ value }) => {
      return (
        value?.type === 'identifier' &&
        value.text === parameter?.name &&
        file.binding(value)?.scope === constructor.scope
      );
    }),
  );
}
