/** Nested functions and lambdas that outlive the call, and hold something large of which they use a small part. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { largeProducer } from '../places/large.ts';
import type { Binding } from '../syntax/scopes.ts';

export interface LargeClosure {
  /** The lambda or the function definition. */
  readonly opener: Node;
  readonly binding: Binding;
  readonly producer: string;
  /** The small part, as the function writes it. */
  readonly part: string;
}

export function closuresOverLarge(file: FileFacts): LargeClosure[] {
  const found: LargeClosure[] = [];
  for (const { scope } of file.functions) {
    for (const binding of scope.bindings.values()) {
      const { only } = binding;
      const producer = only?.kind === 'assignment' ? largeProducer(file, only.value) : undefined;
      if (!producer) continue;
      const inner = new Map<Node, Node[]>();
      for (const use of binding.uses) {
        const opener = file.scopes.at(use).nearest('function', 'lambda')?.node;
        if (opener && opener !== scope.node) inner.set(opener, [...(inner.get(opener) ?? []), use]);
      }
      for (const [opener, uses] of inner) {
        const parts = uses.map((use) => smallPart(file, use));
        const [part] = parts;
        if (part !== undefined && !parts.includes(undefined) && livesOn(file, opener, scope.node))
          found.push({ opener, binding, producer, part });
      }
    }
  }
  return found;
}

const SMALL_ATTRIBUTES =
  /^(name|shape|size|dtype|ndim|columns|id|title|path|version|nbytes|device|width|height|mode)$/;

/** `len(table)`, `model.name`, `table["title"]`: what a use takes of something large. */
function smallPart(file: FileFacts, use: Node): string | undefined {
  const { parent } = use;
  if (parent?.type === 'argument_list' && parent.children.length === 1) {
    const call = parent.parent;
    return /^builtins\.(len|id|type|bool)$/.test(file.names.callee(call) ?? '') ? call?.text : undefined;
  }
  if (parent?.type === 'attribute' && use.field === 'object') {
    const name = parent.child('attribute')?.text ?? '';
    const isCalled = parent.parent?.type === 'call' && parent.field === 'function';
    return !isCalled && SMALL_ATTRIBUTES.test(name) ? parent.text : undefined;
  }
  if (parent?.type === 'subscript' && use.field === 'value') {
    const key = parent.child('subscript');
    return key?.type === 'string' || key?.type === 'integer' ? parent.text : undefined;
  }
  return undefined;
}

const KEEPERS =
  /^(append|add|insert|put|put_nowait|setdefault|register|subscribe|connect|on|bind|submit|call_later|call_soon|call_at|add_done_callback|add_callback|add_listener|add_handler|add_job|schedule|every|after|Timer|Thread|finalize|partial|set_\w+|on_\w+)$/;

/** Whether a function is returned, stored on an object or in a container, or given to what keeps it. */
function livesOn(file: FileFacts, opener: Node, home: Node): boolean {
  const name = opener.type === 'function_definition' ? opener.child('name') : undefined;
  if (!name) return isKept(opener);
  const binding = file.scopes.opened(home)?.bindings.get(name.text);
  return binding?.only?.value === opener && binding.uses.some(isKept);
}

function isKept(value: Node): boolean {
  let at = value;
  while (
    at.parent &&
    /^(parenthesized_expression|tuple|list|dictionary|pair|keyword_argument|expression_list)$/.test(
      at.parent.type,
    )
  )
    at = at.parent;
  const { parent } = at;
  if (parent?.type === 'return_statement') return true;
  if (parent?.type === 'assignment') {
    const left = parent.child('left');
    return at.field === 'right' && (left?.type === 'attribute' || left?.type === 'subscript');
  }
  if (parent?.type !== 'argument_list') return false;
  const callee = parent.parent?.child('function');
  return KEEPERS.test((callee?.child('attribute') ?? callee)?.text ?? '');
}
