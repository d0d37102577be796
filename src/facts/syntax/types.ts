/** What annotations say about the values of a parameter. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';

const FINITE = new Set([
  'builtins.bool',
  'builtins.type',
  'types.ModuleType',
  'torch.device',
  'torch.dtype',
  'numpy.dtype',
  'typing.Type',
  'typing.Literal',
  'typing_extensions.Literal',
]);
const WRAPPERS = new Set(['typing.Optional', 'typing.Union', 'typing.Annotated', 'typing.Final']);

/**
 * Whether an annotation allows only a small fixed set of values: flags, enums, literals, classes. A cache or a
 * container that is keyed by such values cannot grow for long.
 */
export function isFiniteType(file: FileFacts, annotation: Node | undefined): boolean {
  if (!annotation) return false;
  switch (annotation.type) {
    case 'type':
    case 'parenthesized_expression':
      return isFiniteType(file, annotation.children[0]);
    case 'none':
      return true;
    case 'string':
      return /^["'](bool|type(\[.*\])?|Literal\[.*\])["']$/.test(annotation.text);
    case 'binary_operator':
      return isFiniteType(file, annotation.child('left')) && isFiniteType(file, annotation.child('right'));
    case 'subscript':
    case 'generic_type': {
      const name = file.names.qualified(annotation.child('value') ?? annotation.children[0]) ?? '';
      const inner =
        annotation.type === 'subscript'
          ? annotation.children.slice(1)
          : (annotation.children[1]?.children ?? []);
      return FINITE.has(name) || (WRAPPERS.has(name) && inner.every((part) => isFiniteType(file, part)));
    }
    case 'identifier':
    case 'attribute':
      return FINITE.has(file.names.qualified(annotation) ?? '') || isEnumName(file, annotation);
    default:
      return false;
  }
}

function isEnumName(file: FileFacts, name: Node): boolean {
  const definition = name.type === 'identifier' ? file.binding(name)?.only : undefined;
  return definition?.kind === 'class' && (file.definitions.classOf(definition.value)?.isEnum ?? false);
}
