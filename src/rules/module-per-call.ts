import type { Confidence } from '../contract/words.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import { callsLike } from '../facts/syntax/called.ts';
import { keyOf } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Entries that a function adds to tables of the interpreter: `sys.modules`, `linecache.cache`, `sys.path`. */
export default defineRule({
  id: 'module-per-call',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A table of the interpreter gets an entry with each call',
  why:
    '`sys.modules` keeps every module with all its functions and data, `linecache.cache` the lines of every source file. ' +
    'Code that is made or loaded under ever new names fills them, and nothing ever takes an entry out. A directory that is ' +
    'put on `sys.path` again and again makes every import search it again and again.',
  remedy:
    'Load each source once and give it a name that follows from its content; take the entry out when the code is done ' +
    'with: `sys.modules.pop(name, None)`, `linecache.cache.pop(filename, None)`. Test `sys.path` before adding to it.',
  notWhen: [
    'The file takes entries out again.',
    'The name is fixed, or that of a file; the module is its own.',
    'The path is looked for before it is added.',
    'It runs once, or while modules are imported.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import sys
import types


def load_rules(name: str) -> object:
    module = types.ModuleType(name)
    exec("limit = 10\\n\\ndef check(value):\\n    return value < limit\\n", module.__dict__)
    sys.modules[name] = module
    return module.check(3)
`,
      good: `
import sys
import types


def load_rules(name: str) -> object:
    module = types.ModuleType(name)
    sys.modules[name] = module
    try:
        exec("limit = 10\\n\\ndef check(value):\\n    return value < limit\\n", module.__dict__)
        return module.check(3)
    finally:
        sys.modules.pop(name, None)
        module.__dict__.clear()
`,
    },
  ],
  links: ['https://docs.python.org/3/library/sys.html#sys.modules'],
  check(file, report) {
    for (const statement of file.nodes('assignment')) {
      const left = statement.child('left');
      const table = left?.type === 'subscript' ? tableOf(file, left.child('value')) : undefined;
      if (left && table) addEntry(statement, table, left.child('subscript'));
    }
    for (const { node, receiver } of file.calls.named('setdefault')) {
      const table = tableOf(file, receiver);
      if (table) addEntry(node, table, positionalArguments(node)[0]);
    }
    for (const { node } of callsLike(file, /^sys\.path\.(append|insert|extend)$/)) {
      const around = file.functionAround(node);
      const confidence = repeats(file, node);
      if (
        !around ||
        !confidence ||
        /\bsys\.path\.remove\b|\bin sys\.path\b|sys\.path\.pop\b|sys\.path = /.test(file.tree.source)
      )
        continue;
      report({
        anchor: node,
        message: `Each call of \`${around.name}\` adds another entry to \`sys.path\`, also when it is there already`,
        holder: 'sys.path',
        payload: 'entries of the search path',
        confidence:
          confidence === 'medium' && isHot(file, node) && !isFromCommandLine(node) ? 'medium' : 'low',
        probe: { target: (file.drivable(node) ?? around).qualname },
      });
    }

    function addEntry(anchor: Node, table: string, key: Node | undefined): void {
      const target = file.drivable(anchor);
      const confidence = repeats(file, anchor);
      const { domain, parameters } = keyOf(file, key);
      if (!target || !key || !confidence || domain === 'closed' || takesOut(file, table)) return;
      // `sys.modules[__name__] = Lazy(…)`
      if (/__(name|class|module)__/.test(key.text)) return;
      if (table === 'linecache.cache' && !isMadeUp(file, key)) return;
      report({
        anchor,
        message: `\`${table}\` keeps an entry for every \`${key.text}\`: nothing in this file takes one out`,
        holder: table,
        payload: table === 'sys.modules' ? 'modules' : 'lines of source',
        confidence:
          domain === 'open' && (table !== 'sys.modules' || makesModule(file, anchor)) ? confidence : 'low',
        probe: {
          target: target.qualname,
          vary: parameters.flatMap(({ name }) =>
            target.parameters.some((own) => own.name === name) ? [name] : [],
          ),
        },
      });
    }
  },
});

const TABLES = ['sys.modules', 'linecache.cache'];

function tableOf(file: FileFacts, expression: Node | undefined): string | undefined {
  const name = (file.names.qualified(expression) ?? expression?.text ?? '').replace(/^builtins\./, '');
  return TABLES.includes(name) ? name : undefined;
}

/** Whether a name is made for one piece of source, from a number, an id or a digest; files keep theirs. */
function isMadeUp(file: FileFacts, key: Node): boolean {
  const definitions = key.type === 'identifier' ? (file.binding(key)?.definitions ?? []) : [];
  const texts = [key.text, ...definitions.map(({ value }) => value?.text ?? '')];
  return texts.some((text) => MADE_UP.test(text));
}

const MADE_UP =
  /count|uu?id|\bid\(|hash|\bsha\d|md5|digest|crc32|time|next\(|random|serial|unique|mktemp|['"]<|_(number|num|seq|idx|index)\b/i;

/** `sys.path.insert(0, options.path)` */
function isFromCommandLine(call: Node): boolean {
  return positionalArguments(call).some(({ text }) =>
    /^(self\.)?(options|opts|args|arguments|namespace|config)\./.test(text),
  );
}

function takesOut(file: FileFacts, table: string): boolean {
  const name = table.replace('.', '\\.');
  return new RegExp(
    `\\bdel ${name}\\[|\\b${name}\\.(pop|clear|popitem)\\b|\\b${name} = |linecache\\.(clearcache|checkcache)\\(`,
  ).test(file.tree.source);
}

/** Whether the code runs again and again; loaders of plugins and lazy modules run once for each. */
function repeats(file: FileFacts, node: Node): Confidence | undefined {
  const around = file.functionAround(node);
  const target = file.drivable(node);
  if (!around || !target || frequencyOf(file, node) === 'once') return undefined;
  if (runsAtImport(file, target) || runsAtImport(file, around)) return undefined;
  return /^(_?(lazy_?)?import|_?load_module|exec_module|create_module|find_spec|main)/.test(around.name)
    ? 'low'
    : 'medium';
}

/** A module that the function has just made; without it the entry may be another name for a module that stays anyway. */
function makesModule(file: FileFacts, node: Node): boolean {
  return /\b(ModuleType|module_from_spec|new_module|exec)\(/.test(file.functionAround(node)?.node.text ?? '');
}

function isHot(file: FileFacts, node: Node): boolean {
  const frequency = frequencyOf(file, node);
  return frequency === 'request' || frequency === 'loop';
}
