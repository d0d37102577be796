import type { Confidence } from '../contract/words.ts';
import { containerOf, type Container } from '../facts/places/containers.ts';
import { keyOf } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain, statementOf } from '../facts/syntax/flow.ts';
import type { FunctionFacts, Parameter } from '../facts/syntax/functions.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import { fillsOnce } from '../facts/growth/long-lived.ts';
import { takesFromEntry, type Operation } from '../facts/places/operations.ts';
import type { Node } from '../python/node.ts';
import { BOUND, dropOldest } from '../scan/fix-bound.ts';
import { insertStatementBefore, replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Default arguments that functions add to: `def look_up(key, _memo={})`. */
export default defineRule({
  id: 'mutable-default-cache',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A default argument that is added to keeps every entry of every call',
  why:
    'A default value is made once, when the function is defined, and all calls that do not give the argument share it. ' +
    'What they add to it stays until the process ends, whether that was meant as a cache or not.',
  remedy:
    'For a cache, use `functools.lru_cache(maxsize=…)` or drop the oldest entries. Otherwise make `None` the default and ' +
    'the container in the body, so that each call has its own.',
  notWhen: [
    'The function only reads the default, or binds the name anew before it adds to it.',
    'It removes entries, or asks how many there are.',
    'The keys are few: literals, flags, enums, classes.',
    'Entries are added below a limit (`if n < 250:`), or once, under `if not memo`.',
    'The function is nested: the default dies with it.',
    'The function runs while modules are imported.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
def look_up(word: str, _memo: dict = {}) -> str:
    if word not in _memo:
        _memo[word] = word.title() * 50
    return _memo[word]
`,
      good: `
import functools


@functools.lru_cache(maxsize=256)
def look_up(word: str) -> str:
    return word.title() * 50
`,
    },
    {
      bad: `
def collect(text: str, found: list = []) -> int:
    found.append(text * 50)
    return len(text)
`,
      good: `
def collect(text: str, found: list | None = None) -> int:
    if found is None:
        found = []
    found.append(text * 50)
    return len(text)
`,
      ok: `
def total(prices: list, factors: dict = {"a": 1}) -> int:
    return sum(factors.get(price, 0) for price in prices)
`,
    },
  ],
  links: ['https://docs.python.org/3/faq/programming.html#why-are-default-values-shared-between-objects'],
  knownAs: ['B006', 'W0102', 'dangerous-default-value'],
  check(file, report) {
    for (const facts of file.functions) {
      if (facts.kind === 'nested' || !facts.parameters.some(({ default: value }) => value)) continue;
      for (const parameter of facts.parameters) {
        const grown = growthOf(file, facts, parameter);
        if (!grown) continue;
        const { operation, container, confidence, vary } = grown;
        const fix = fixOf(file, facts, parameter, container, operation);
        report({
          anchor: operation.node,
          message: `The default of \`${parameter.name}\` is shared by all calls of \`${facts.qualname}\` and keeps what each of them adds`,
          holder: parameter.name,
          payload: container.kind === 'dict' ? 'keys and their values' : 'entries',
          confidence,
          ...(fix ? { fix } : {}),
          probe: { target: facts.qualname, vary },
        });
      }
    }
  },
});

interface Grown {
  readonly operation: Operation;
  readonly container: Container;
  readonly confidence: Confidence;
  readonly vary: readonly string[];
}

function growthOf(file: FileFacts, facts: FunctionFacts, parameter: Parameter): Grown | undefined {
  const container = containerOf(parameter.default, file.names);
  const binding = facts.scope.bindings.get(parameter.name);
  if (container?.growth !== 'open' || !binding) return undefined;
  const place = file.places.ofBinding(binding);
  const isOwn = binding.definitions.every(({ kind }) => kind === 'parameter' || kind === 'augmented');
  if (!place || !isOwn) return undefined;
  if (place.of('shrink', 'guard').length > 0 || place.operations.some(takesFromEntry)) return undefined;
  if (runsAtImport(file, facts) || isUnderMain(facts.node)) return undefined;
  const isKeyed = container.kind === 'dict' || container.kind === 'set';
  const fills = place.operations.flatMap(fillsOnce);
  for (const operation of place.of('grow')) {
    const isSlot = container.kind === 'list' && operation.how === '[]=';
    const key = keyOf(file, operation.key ?? operation.value);
    const growsEntry = operation.inner === true && /^(append|add|extend|insert)$/.test(operation.how);
    // Modules that are kept from being freed: there are no more than the program has.
    if (/\bsys\.modules\b/.test(operation.value?.text ?? '')) continue;
    if (isSlot || (isKeyed && key.domain === 'closed' && !growsEntry)) continue;
    if (isUnderLimit(operation.node) || fills.some((branch) => branch.contains(operation.node))) continue;
    const vary = isKeyed ? key.parameters.map(({ name }) => name) : [];
    return { operation, container, vary, confidence: isKeyed && key.domain === 'few' ? 'low' : 'medium' };
  }
  return undefined;
}

/** `if n < 250: memo[n] = value` */
function isUnderLimit(node: Node): boolean {
  for (let at = node; at.parent && at.parent.type !== 'function_definition'; at = at.parent) {
    const condition = at.parent.type === 'if_statement' ? at.parent.child('condition')?.text : undefined;
    if (at.field === 'consequence' && condition && /<=?\s*-?(\d|[A-Z_]{3})/.test(condition)) return true;
  }
  return false;
}

/** A bound for a cache; each call its own container for anything else. */
function fixOf(
  file: FileFacts,
  facts: FunctionFacts,
  { name, default: value }: Parameter,
  container: Container,
  operation: Operation,
): ProposedFix | undefined {
  if (container.kind === 'dict') {
    const edit = operation.inner ? undefined : dropOldest(file, container, name, statementOf(operation.node));
    return (
      edit && {
        title: `Drop the oldest entry when there are ${BOUND}, or what the process can afford`,
        safety: 'review',
        edits: [edit],
      }
    );
  }
  const statements = facts.node.child('body')?.children ?? [];
  const first = statements[0]?.children[0]?.type === 'string' ? statements[1] : statements[0];
  const isBelow = first && file.line(first) > file.line(facts.node);
  if (!value || !first || !isBelow || first.parent !== facts.node.child('body')) return undefined;
  return {
    title: 'Give each call a container of its own',
    safety: 'review',
    edits: [
      replaceNode(file, value, 'None'),
      insertStatementBefore(file, first, `if ${name} is None:\n    ${name} = ${value.text}`),
    ],
  };
}
