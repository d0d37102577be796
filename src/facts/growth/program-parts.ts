/** Parameters that can only be parts of the program, such as classes, or that the function checks against few values. */
import type { Node } from '../../python/node.ts';
import { calledName } from '../syntax/called.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts, Parameter } from '../syntax/functions.ts';

/** `base` of `class Bound(base)`, of `issubclass(base, …)`, of `inspect.signature(base)` and of `import_module(base)`. */
export function isPartOfProgram(file: FileFacts, { name, node }: Parameter): boolean {
  const owner = file.definitions.functionOf(node.closest('function_definition', 'lambda'));
  const uses = owner?.scope.bindings.get(name)?.uses ?? [];
  return uses.some((use) => {
    const { parent } = use;
    if (parent?.type !== 'argument_list') return false;
    if (parent.parent?.type === 'class_definition') return true;
    const isFirst = parent.children[0] === use && parent.parent?.type === 'call';
    return isFirst && TAKES_PART.test(calledName(file, parent.parent));
  });
}

const TAKES_PART =
  /^issubclass$|^inspect\.(signature|getfile|getsourcefile|getsource|getmodule|getdoc|isabstract)$|(^|\.)(import_module|import_string|import_object)$/;

/** Whether a function raises for all but a few values: `if name == "a": … else: raise`, `if len(text) != 1: raise`. */
export function checksAgainstFew(facts: FunctionFacts, name: string): boolean {
  const isOne = new RegExp(`^len\\(${name}\\)\\s*(!=|>)\\s*\\d\\b`);
  const isOther = new RegExp(`^${name}\\s+not in\\s+[({["'\\w]`);
  const isNamed = new RegExp(`^${name}\\s*(==|in)\\s*[({["']`);
  const ifs = (facts.node.child('body')?.children ?? []).filter(({ type }) => type === 'if_statement');
  return ifs.some((statement) => {
    const condition = statement.child('condition')?.text ?? '';
    if (isOne.test(condition) || isOther.test(condition)) return raises(statement.child('consequence'));
    const last = statement.children.at(-1);
    return isNamed.test(condition) && last?.type === 'else_clause' && raises(last.child('body'));
  });
}

function raises(block: Node | undefined): boolean {
  return block?.children.at(-1)?.type === 'raise_statement';
}

/** Whether a function gives back nothing but flags: `-> bool`, or only comparisons. */
export function givesFlags({ node }: FunctionFacts): boolean {
  return /^["']?(bool|None|TypeGuard\[.*\])["']?$/.test(node.child('return_type')?.text ?? '');
}
