/** Calls in the file that can give a function few values only: constants, settings, groups of a regular expression. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { isUnderMain, loopsAround, statementOf } from '../syntax/flow.ts';
import type { FunctionFacts } from '../syntax/functions.ts';

const LITERALS = ['string', 'concatenated_string', 'integer', 'float', 'true', 'false', 'none'];
const CONSTANT_NAME = /^_*[A-Z][A-Z0-9_]*$/;

/** Whether the file calls a function, and each time with constants or while it is imported. */
export function takesConstantsOnly(file: FileFacts, facts: FunctionFacts): boolean {
  // `__init__` and its kin are called by other names.
  if (facts.name.startsWith('__')) return false;
  const calls = file.calls
    .named(facts.name)
    // What a function gives itself is made of what it was given.
    .filter(({ node }) => !isUnderMain(node) && file.functionAround(node) !== facts)
    .map(({ node }) => node);
  return calls.length > 0 && calls.every((call) => runsOnImport(file, call) || givesConstants(file, call));
}

/** A name or a class attribute is made of it; a call that stands alone in a script says nothing about other calls. */
function runsOnImport(file: FileFacts, call: Node): boolean {
  const isOutside = file.scopes.at(call).nearest('function', 'lambda') === undefined;
  if (!isOutside || loopsAround(call).length > 0) return false;
  const statement = statementOf(call);
  return (
    statement.type === 'decorated_definition' ||
    file.scopes.at(call).kind === 'class' ||
    statement.children[0]?.type === 'assignment'
  );
}

function givesConstants(file: FileFacts, call: Node): boolean {
  if (file.scopes.at(call).nearest('function', 'lambda') === undefined) return false;
  const values = call.child('arguments')?.children ?? [];
  return values.length > 0 && values.every((value) => isConstant(file, value.child('value') ?? value));
}

function isConstant(file: FileFacts, value: Node): boolean {
  if (LITERALS.includes(value.type)) return !value.descendants().some(({ type }) => type === 'interpolation');
  if (value.type === 'attribute') return CONSTANT_NAME.test(value.child('attribute')?.text ?? '');
  if (value.type !== 'identifier') return false;
  if (CONSTANT_NAME.test(value.text)) return true;
  const definitions = file.binding(value)?.definitions ?? [];
  return (
    definitions.length > 0 &&
    definitions.every(({ kind, node }) => {
      const source =
        kind === 'for'
          ? node.closest('for_statement', 'for_in_clause')?.child('right')
          : node.closest('assignment')?.child('right');
      if (!source) return false;
      // `hour, minute = match.groups()`
      if (kind === 'assignment' && source.type === 'call')
        return /\.groups?$/.test(source.child('function')?.text ?? '');
      return kind === 'for' && /(^|\.)_*[A-Z][A-Z0-9_]*$/.test(source.text);
    })
  );
}
