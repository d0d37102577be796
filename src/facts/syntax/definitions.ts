/** Which names a piece of syntax binds. */
import type { Node } from '../../python/node.ts';
import type { Definition, DefinitionKind, Scope, Scopes } from './scopes.ts';

type Collect = (definition: Definition) => void;

const BINDERS = new Set([
  'assignment',
  'augmented_assignment',
  'named_expression',
  'for_statement',
  'for_in_clause',
  'as_pattern',
  'delete_statement',
  'function_definition',
  'class_definition',
  'parameters',
  'lambda_parameters',
  'import_statement',
  'import_from_statement',
  'global_statement',
  'nonlocal_statement',
  'case_pattern',
  'splat_pattern',
]);

/** Reports every binding that a node itself makes; its parts come with their own call. */
export function collectDefinitions(node: Node, scopes: Scopes, add: Collect): void {
  // Most nodes bind nothing.
  if (!BINDERS.has(node.type)) return;
  const scope = scopes.at(node);
  const one = (
    kind: DefinitionKind,
    name: Node | undefined,
    value?: Node,
    where = scope,
    imported?: string,
  ) => {
    if (name) add({ kind, node: name, value, scope: where, ...(imported === undefined ? {} : { imported }) });
  };
  const targets = (kind: DefinitionKind, target: Node | undefined, value?: Node) => {
    for (const [name, part] of pairs(target, value)) one(kind, name, part);
  };

  switch (node.type) {
    case 'assignment': {
      const value = assignedValue(node);
      targets(value ? 'assignment' : 'annotation', node.child('left'), value);
      break;
    }
    case 'augmented_assignment':
      targets('augmented', node.child('left'));
      break;
    case 'named_expression':
      one('walrus', node.child('name'), node.child('value'), outsideComprehensions(scope));
      break;
    case 'for_statement':
    case 'for_in_clause':
      targets('for', node.child('left'));
      break;
    case 'as_pattern':
      collectAsPattern(node, targets, one);
      break;
    case 'delete_statement':
      for (const child of node.children) targets('delete', child);
      break;
    case 'function_definition':
      one('function', node.child('name'), node);
      break;
    case 'class_definition':
      one('class', node.child('name'), node);
      break;
    case 'parameters':
    case 'lambda_parameters':
      for (const child of node.children) one('parameter', parameterName(child));
      break;
    case 'import_statement':
    case 'import_from_statement':
      collectImport(node, scopes, one);
      break;
    case 'global_statement':
      for (const child of node.children) scope.globals.add(child.text);
      break;
    case 'nonlocal_statement':
      for (const child of node.children) scope.nonlocals.add(child.text);
      break;
    case 'case_pattern':
    case 'splat_pattern':
      collectCapture(node, one);
      break;
    default:
  }
}

/** The right end of `a = b = value`. */
function assignedValue(assignment: Node): Node | undefined {
  let right = assignment.child('right');
  while (right?.type === 'assignment') right = right.child('right');
  return right;
}

const SPLATS = ['list_splat_pattern', 'list_splat'];
const LISTS = ['pattern_list', 'tuple_pattern', 'list_pattern', 'tuple', 'list', 'expression_list'];

/** Identifiers that a target binds, each with the value it gets: `a, b = x, y` is `a = x` and `b = y`. */
function pairs(target: Node | undefined, value: Node | undefined): [Node, Node | undefined][] {
  if (!target) return [];
  if (target.type === 'identifier') return [[target, value]];
  if (target.type === 'as_pattern_target' || target.type === 'parenthesized_expression') {
    return target.children.flatMap((child) => pairs(child, value));
  }
  if (SPLATS.includes(target.type)) return target.children.flatMap((child) => pairs(child, undefined));
  if (!LISTS.includes(target.type)) return [];
  const values = partsOf(value, target.children.length);
  return target.children.flatMap((child, at) => pairs(child, values?.[at]));
}

/** The values of an unpacking that are written out one by one. */
function partsOf(value: Node | undefined, count: number): readonly Node[] | undefined {
  if (!value || !LISTS.includes(value.type) || value.children.length !== count) return undefined;
  return value.children.some(({ type }) => type === 'list_splat') ? undefined : value.children;
}

/** The identifier of a parameter, whatever its form. */
export function parameterName(parameter: Node): Node | undefined {
  switch (parameter.type) {
    case 'identifier':
      return parameter;
    case 'default_parameter':
    case 'typed_default_parameter':
      return parameter.child('name');
    case 'typed_parameter':
    case 'list_splat_pattern':
    case 'dictionary_splat_pattern': {
      const inner = parameter.children.find(({ field }) => field !== 'type');
      return inner ? parameterName(inner) : undefined;
    }
    default:
      return undefined;
  }
}

function collectAsPattern(
  node: Node,
  targets: (kind: DefinitionKind, target: Node | undefined, value?: Node) => void,
  one: (kind: DefinitionKind, name: Node | undefined) => void,
): void {
  const [first, last] = [node.children[0], node.children.at(-1)];
  if (node.parent?.type === 'case_pattern') one('pattern', last?.type === 'identifier' ? last : undefined);
  else if (node.closest('except_clause', 'except_group_clause', 'with_item', 'block')?.type === 'with_item') {
    targets('with', node.child('alias'), first);
  } else targets('except', node.child('alias'), first);
}

function collectImport(
  node: Node,
  scopes: Scopes,
  one: (
    kind: DefinitionKind,
    name: Node | undefined,
    value: Node | undefined,
    where: Scope,
    imported: string,
  ) => void,
): void {
  const scope = scopes.at(node);
  const from = node.child('module_name');
  const prefix = from ? (/\.$/.test(from.text) ? from.text : `${from.text}.`) : '';
  for (const child of node.children) {
    if (child.type === 'wildcard_import') scopes.hasStarImport = true;
    if (child.field !== 'name') continue;
    const dotted = child.type === 'aliased_import' ? child.child('name') : child;
    const alias = child.type === 'aliased_import' ? child.child('alias') : dotted?.children[0];
    // `import a.b` binds `a` to the package `a`.
    const bindsRoot = !from && child.type !== 'aliased_import';
    const target = bindsRoot ? (alias?.text ?? '') : `${prefix}${dotted?.text ?? ''}`;
    one('import', alias, undefined, scope, target);
  }
}

function collectCapture(node: Node, one: (kind: DefinitionKind, name: Node | undefined) => void): void {
  const [child] = node.children;
  if (node.type === 'splat_pattern') one('pattern', child);
  else if (child?.type === 'dotted_name' && child.children.length === 1 && child.text !== '_') {
    one('pattern', child.children[0]);
  }
}

function outsideComprehensions(scope: Scope): Scope {
  let outer = scope;
  while (outer.kind === 'comprehension' && outer.parent) outer = outer.parent;
  return outer;
}
