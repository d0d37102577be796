/** Callbacks that are given to an object which they hold themselves. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { clearedAttributes } from '../places/clearing.ts';
import { keptParts } from '../places/kept-parts.ts';
import { selfReferences } from './self-references.ts';

export interface OwnRegistration {
  /** `future.add_done_callback(…)` */
  readonly call: Node;
  /** What the callback is given to, as it is written. */
  readonly receiver: string;
  /** The function that holds the receiver: a lambda or a function definition. */
  readonly callback: Node;
  /** Uses of the receiver in the callback. */
  readonly uses: readonly Node[];
  /** The receiver lets go by itself: a task when it has run, a window when it is closed. */
  readonly isBrief: boolean;
}

const REGISTERS =
  /^(add_done_callback|add_callback|addCallback|addErrback|addBoth|connect|subscribe|listen|on|add_listener|add_observer|set_callback)$/;

/**
 * `future.add_done_callback(lambda done: use(future))`, and `self.button.clicked.connect(lambda: self.save())` where the
 * class made the button: the receiver holds the callback, the callback holds the receiver.
 */
export function ownRegistrations(file: FileFacts): OwnRegistration[] {
  return file.nodes('call').flatMap((call) => {
    const callee = call.child('function');
    const receiver = callee?.child('object');
    if (!receiver || !REGISTERS.test(callee?.child('attribute')?.text ?? '')) return [];
    const values = call.child('arguments')?.children ?? [];
    return values
      .flatMap((value) => keptParts(file, value))
      .flatMap((part) => {
        const uses = usesOf(file, receiver, part);
        return uses.length > 0
          ? [
              {
                call,
                receiver: receiver.text,
                callback: openerOf(file, part) ?? part,
                uses,
                isBrief: isBrief(file, receiver, values),
              },
            ]
          : [];
      });
  });
}

const ENDS = /^['"](destroy|destroyed|delete[-_]event|close[-_]request|closed?|finished|unrealize)['"]$/;
const STARTS_TASK = /(^|\.)(create_task|ensure_future|run_coroutine_threadsafe)$/;

function isBrief(file: FileFacts, receiver: Node, values: readonly Node[]): boolean {
  const event = values[0]?.type === 'subscript' ? values[0].descendants() : values.slice(0, 1);
  if (event.some(({ text }) => ENDS.test(text))) return true;
  const made =
    receiver.type === 'identifier'
      ? file.binding(receiver)?.definitions
      : file.places.at(receiver)?.of('bind');
  return made?.some(({ value }) => STARTS_TASK.test(value?.child('function')?.text ?? '')) ?? false;
}

function openerOf(file: FileFacts, part: Node): Node | undefined {
  if (part.type === 'lambda') return part;
  const definition = part.type === 'identifier' ? file.binding(part)?.only : undefined;
  return definition?.kind === 'function' ? definition.value : undefined;
}

function usesOf(file: FileFacts, receiver: Node, part: Node): readonly Node[] {
  const opener = openerOf(file, part);
  if (!opener) return [];
  if (receiver.type === 'identifier') {
    const binding = file.binding(receiver);
    const isLocal = binding?.scope.kind === 'function' && !file.isSelf(receiver);
    if (!isLocal) return [];
    const held = file.closures.heldBy(opener);
    if (held.has(binding) && binding.definitions.length === 1)
      return binding.uses.filter((use) => opener.contains(use));
    // `status.waiting_on = result`, where the callback holds `status`.
    const between = binding.uses.map(({ parent, field }) =>
      parent?.type === 'assignment' && field === 'right' ? parent.child('left')?.child('object') : undefined,
    );
    // `self.reading = result` is let go where the file sets `reading` to `None`.
    const keepers = between.flatMap((node) => {
      const keeper = node?.type === 'identifier' ? file.binding(node) : undefined;
      const attribute = node?.parent?.child('attribute')?.text ?? '';
      const isLetGo = file.isSelf(node) && clearedAttributes(file).has(attribute);
      return keeper && !isLetGo ? [keeper] : [];
    });
    return keepers
      .filter((keeper) => held.has(keeper))
      .flatMap(({ uses }) => uses.filter((use) => opener.contains(use)));
  }
  if (!isOwnChild(file, receiver)) return [];
  return selfReferences(file, part).some(({ how }) => how === 'closure')
    ? opener.descendants().filter((node) => file.isSelf(node))
    : [];
}

/** Whether `self.child.…` starts with an object that the class has made itself. */
function isOwnChild(file: FileFacts, receiver: Node): boolean {
  let at = receiver;
  for (let object = at.child('object'); object && !file.isSelf(object); object = at.child('object'))
    at = object;
  if (at.type !== 'attribute') return false;
  const made = file.places.at(at)?.of('bind') ?? [];
  return made.some(({ value }) => value?.type === 'call');
}
