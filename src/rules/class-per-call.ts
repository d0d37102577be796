import type { Confidence } from '../contract/words.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import { callsLike } from '../facts/syntax/called.ts';
import { keyOf } from '../facts/growth/domains.ts';
import { fateOf } from '../facts/places/fates.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import type { FunctionFacts } from '../facts/syntax/functions.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** Classes that are made while the program runs, and kept. */
export default defineRule({
  id: 'class-per-call',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A class is made in each call',
  why:
    'A class takes kilobytes, with its dictionary, its method tables and the code that was compiled for it, and it refers ' +
    'to itself, so that only the garbage collector frees it. When the classes are stored under ever new names, or a ' +
    'library keeps a registry of them, none is freed at all.',
  remedy:
    'Make the class once, at module level. Where it depends on data, bound the cache and key it by what really differs, ' +
    'such as the names of the fields.',
  notWhen: [
    'The file removes classes from where they are kept.',
    'They are stored under a key of which there are few.',
    'They are made while modules are imported: by decorators, registration functions, metaclasses.',
    'The function that makes a class gives it back, and nothing keeps it here.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
from dataclasses import make_dataclass


class Tables:
    def __init__(self) -> None:
        self.rows = {}

    def row_class(self, table: str) -> type:
        if table not in self.rows:
            self.rows[table] = make_dataclass("Row", ["key", "value"])
        return self.rows[table]
`,
      good: `
from dataclasses import make_dataclass

Row = make_dataclass("Row", ["key", "value"])


class Tables:
    def row_class(self, table: str) -> type:
        return Row
`,
    },
  ],
  links: ['https://docs.python.org/3/library/functions.html#type'],
  check(file, report) {
    for (const { node } of callsLike(file, MAKERS)) {
      if (/(^|\.)type$/.test(nameOf(node)) && positionalArguments(node).length !== 3) continue;
      const kept = whereKept(file, node);
      if (kept) report(hitOf(node, kept, `a class for each call`));
    }
    for (const { node, scope, isLocal, name } of file.classes) {
      if (!isLocal) continue;
      const binding = scope.parent?.bindings.get(name);
      const stored = binding?.uses.find((use) => isStored(use));
      const kept = stored && whereKept(file, stored);
      if (kept && kept.confidence === 'medium')
        report(hitOf(node, kept, `the class \`${name}\` of each call`));
    }
  },
});

const MAKERS =
  /^(type|types\.new_class|(collections\.)?namedtuple|(typing\.)?NamedTuple|(dataclasses\.)?make_dataclass|(pydantic(\.\w+)?\.)?create_model|enum\.(Int|Str)?(Enum|Flag)|attrs?\.make_class|marshmallow\.Schema\.from_dict)$/;

function nameOf(call: Node): string {
  return call.child('function')?.text ?? '';
}

interface Keep {
  readonly holder: string;
  readonly key: Node | undefined;
  readonly isKept: boolean;
  readonly confidence: Confidence;
  readonly target: FunctionFacts;
}

function isStored(use: Node): boolean {
  return use.parent?.type === 'assignment' ? use.field === 'right' : use.parent?.type === 'argument_list';
}

/** What keeps a class that an expression makes or names; undefined where nothing of this file does. */
function whereKept(file: FileFacts, made: Node): Keep | undefined {
  const target = file.drivable(made);
  const around = file.functionAround(made);
  const frequency = frequencyOf(file, made);
  if (!target || !around || isUnderMain(made) || frequency === 'once') return undefined;
  if (runsAtImport(file, target) || runsAtImport(file, around) || around.class?.isMetaclass) return undefined;
  const fate = fateOf(file, made, new Set());
  if (fate.how === 'kept' && fate.isEntry && fate.place) {
    const key = fate.target.type === 'subscript' ? fate.target.child('subscript') : undefined;
    const domain = key ? keyOf(file, key).domain : 'open';
    const isEmptied = fate.place.of('shrink', 'guard').length > 0;
    if (isEmptied || domain === 'closed') return undefined;
    const container = file.places.container(fate.place);
    if (container && container.growth !== 'open') return undefined;
    const holder = (fate.target.type === 'subscript' ? fate.target.child('value') : fate.target)?.text ?? '';
    const isShared = fate.place.root instanceof Binding || container !== undefined;
    return {
      holder,
      key,
      isKept: true,
      confidence: domain === 'few' || !isShared ? 'low' : 'medium',
      target,
    };
  }
  const isUsed = fate.how === 'local' || fate.how === 'dropped';
  const isOwn = isUsed && /(namedtuple|NamedTuple|make_dataclass|create_model)$/.test(nameOf(made));
  const isHot = frequency === 'loop' || frequency === 'request' || isOwn;
  if (made.type !== 'call' || !isUsed || !isHot) return undefined;
  const holder = fate.how === 'local' ? fate.binding.name : around.name;
  return { holder, key: undefined, isKept: false, confidence: 'low', target };
}

function hitOf(anchor: Node, kept: Keep, what: string): Hit {
  const { holder, key, isKept, confidence, target } = kept;
  const own = target.parameters.filter(
    ({ name }) => key !== undefined && new RegExp(`\\b${name}\\b`).test(key.text),
  );
  return {
    anchor,
    message: isKept
      ? `\`${holder}\` keeps ${what}, and nothing in this file removes any`
      : `\`${holder}\` is made anew each time: a class takes kilobytes, and only the garbage collector frees it`,
    holder,
    payload: 'classes',
    confidence,
    probe: {
      target: target.qualname,
      vary: own.map(({ name }) => name),
      ...(isKept ? {} : { recipe: 'cycle' as const }),
    },
  };
}
