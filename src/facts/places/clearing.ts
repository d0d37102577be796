/** Attributes that the file lets go again. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';

/** Names of attributes that some function other than a constructor sets to `None` or deletes. */
export function clearedAttributes(file: FileFacts): ReadonlySet<string> {
  const cleared = new Set<string>();
  for (const node of file.nodes('attribute')) {
    if (!isCleared(node)) continue;
    const around = file.functionAround(node);
    if (around && around.name !== '__init__') cleared.add(node.child('attribute')?.text ?? '');
  }
  return cleared;
}

/** `del a.x`, `a.x = None`, `a.x = b.y = None`, `a.x, a.y = None, None` */
function isCleared(node: Node): boolean {
  const { parent, field } = node;
  if (parent?.type === 'delete_statement' || parent?.parent?.type === 'delete_statement') return true;
  const isUnpacked = parent?.type === 'pattern_list';
  const assignment = isUnpacked ? parent.parent : parent;
  if (assignment?.type !== 'assignment' || (!isUnpacked && field !== 'left')) return false;
  let right = assignment.child('right');
  while (right?.type === 'assignment') right = right.child('right');
  return right?.type === 'none' || (right?.children.some(({ type }) => type === 'none') ?? false);
}
