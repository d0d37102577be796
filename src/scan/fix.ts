/** Builds the edits of fixes. */
import type { Edit } from '../contract/position.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';

export function replaceNode(file: FileFacts, node: Node, text: string): Edit {
  return { range: file.range(node), text };
}

/** Inserts right after a node, on the same line. */
export function insertAfter(file: FileFacts, node: Node, text: string): Edit {
  return { range: file.lines.range(node.end, node.end), text };
}

/** Inserts a statement of its own before another one, with the same indentation. */
export function insertStatementBefore(file: FileFacts, statement: Node, text: string): Edit {
  const at = file.lines.startOf(file.line(statement));
  return { range: file.lines.range(at, at), text: indented(file, statement, text) };
}

/** Inserts a statement of its own after another one, with the same indentation. */
export function insertStatementAfter(file: FileFacts, statement: Node, text: string): Edit {
  const line = file.lines.line(statement.end);
  const at = file.lines.startOf(line + 1);
  const source = file.tree.source;
  // The last line of a file may lack its line ending.
  const isOpenEnd = at === source.length && !source.endsWith('\n');
  const block = indented(file, statement, text);
  return { range: file.lines.range(at, at), text: isOpenEnd ? `\n${block}` : block };
}

/** Removes the lines of a statement or decorator that stands alone on them. */
export function deleteStatement(file: FileFacts, statement: Node): Edit {
  const start = file.lines.startOf(file.line(statement));
  return { range: file.lines.range(start, file.lines.startOf(file.lines.line(statement.end) + 1)), text: '' };
}

/**
 * How to write a name of a module in this file, and the edits that make it known where it is not: an import beside
 * an existing one of the same module, else at the top.
 */
export function nameOf(file: FileFacts, module: string, name: string): { text: string; edits: Edit[] } {
  const known = knownName(file, module, name);
  if (known) return { text: known, edits: [] };
  const from = file
    .nodes('import_from_statement')
    .find((node) => node.child('module_name')?.text === module && node.parent?.type === 'module');
  const last = from?.children.filter(({ field }) => field === 'name').at(-1);
  if (last) return { text: name, edits: [insertAfter(file, last, `, ${name}`)] };
  return { text: name, edits: [importAtTop(file, `from ${module} import ${name}`)] };
}

/** The same, but through the module where it has to be imported: for names that say too little alone, such as `proxy`. */
export function memberOf(file: FileFacts, module: string, name: string): { text: string; edits: Edit[] } {
  const known = knownName(file, module, name);
  return known
    ? { text: known, edits: [] }
    : { text: `${module}.${name}`, edits: [importAtTop(file, `import ${module}`)] };
}

function knownName(file: FileFacts, module: string, name: string): string | undefined {
  for (const [bound, imported] of file.once(importsOfModule)) {
    if (imported === `${module}.${name}`) return bound;
    if (imported === module) return `${bound}.${name}`;
  }
  return undefined;
}

/** The names that the module binds by imports, each with what it imports. */
function importsOfModule(file: FileFacts): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, definitions } of file.scopes.module.bindings.values()) {
    const imported = definitions.find(({ kind }) => kind === 'import')?.imported;
    if (imported !== undefined) found.set(name, imported);
  }
  return found;
}

/** Before the first import, else after the docstring and the `__future__` imports. */
function importAtTop(file: FileFacts, statement: string): Edit {
  const statements = file.tree.root.children;
  const head = statements.filter(
    (node, index) =>
      node.type === 'future_import_statement' || (index === 0 && node.children[0]?.type === 'string'),
  );
  const last = head.at(-1);
  const next = last ? statements[statements.indexOf(last) + 1] : statements[0];
  const isImport = next?.type === 'import_statement' || next?.type === 'import_from_statement';
  if (last && !isImport) return insertStatementAfter(file, last, statement);
  return next
    ? insertStatementBefore(file, next, statement)
    : { range: file.lines.range(0, 0), text: statement };
}

function indented(file: FileFacts, statement: Node, text: string): string {
  const indentation = file.indentation(statement);
  const ending = file.tree.source.includes('\r\n') ? '\r\n' : '\n';
  return text
    .split('\n')
    .map((line) => `${indentation}${line}${ending}`)
    .join('');
}
