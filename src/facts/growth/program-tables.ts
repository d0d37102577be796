/** Signs that a container is a table of the program's own parts (classes, codecs, plug-ins), of which there are few. */
import { keyOf } from './domains.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import type { LongLived } from './long-lived.ts';
import type { Operation } from '../places/operations.ts';
import { assignedBefore } from '../places/reaching.ts';

const TABLE =
  /(^|_)(\w*registry|regist\w*|backends?|plugins?|handlers|warned|warnings|warn|once|logged|printed|options?|config|settings|types?|class(es)?|lexers?|formatters?|adapters?|modules?|extensions?|converters?|factor(y|ies)|commands?|directives?|lang\w*|locales?|translations?|codecs?|dtypes?|devices?|ops|operators|primitives|executables)(_|$)/;

/** How much speaks for a table of the program's own parts, which ends when all of them are in it. */
export function tableSigns(
  file: FileFacts,
  { place, container }: LongLived,
  operation: Operation,
  around: FunctionFacts,
): number {
  const name = place.label.split('.').at(-1) ?? '';
  return [
    TABLE.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()),
    container.kind === 'queue',
    !container.empty && operation.inner !== true,
    container.kind !== 'dict' &&
      keyOf(file, operation.value).domain === 'closed' &&
      isWritten(operation.value),
    isPartOfProgram(file, operation.value),
    // `basket.add(item)` adds what comes, `add_route(path)` a part.
    /^_?(add|set)([_A-Z]|$)/.test(around.name) && !(around.kind === 'method' && around.name === 'add'),
  ].filter(Boolean).length;
}

/** A value that is made of literals. */
function isWritten(value: Operation['value']): boolean {
  return (
    value !== undefined &&
    !value.descendants().some(({ type }) => type === 'identifier' || type === 'call') &&
    value.type !== 'identifier' &&
    value.type !== 'call'
  );
}

const MAKES_PART =
  /^(importlib\.import_module|builtins\.(__import__|type)|re\.compile|ctypes\.\w+|struct\.Struct)$/;

/** Modules, classes, functions and compiled patterns: a program has a fixed number of them. */
function isPartOfProgram(file: FileFacts, value: Operation['value']): boolean {
  const source = value?.type === 'identifier' ? (assignedBefore(file, value) ?? value) : value;
  if (source?.type === 'lambda') return true;
  if (source?.type === 'call') return MAKES_PART.test(file.names.callee(source) ?? '');
  const last = source?.type === 'attribute' ? source.child('attribute')?.text : source?.text;
  return source !== undefined && /^_*(cls|klass|\w+_(class|cls|type|module)|module|mod)$/i.test(last ?? '');
}
