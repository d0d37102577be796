/** What instances make for themselves and would have to close: sessions, sockets, files, objects with a `close`. */
import type { Node } from '../../python/node.ts';
import { calledName } from '../syntax/called.ts';
import { CLIENT_ENDS, isClientMaker } from './clients.ts';
import type { FileFacts } from '../file-facts.ts';
import { teardownsOf, type ClassFacts, type FunctionFacts } from '../syntax/functions.ts';
import { lineageOf } from '../places/instances.ts';
import type { Place } from '../places/places.ts';

export interface Owned {
  readonly owner: ClassFacts;
  readonly place: Place;
  /** The call that makes it. */
  readonly made: Node;
  /** `known`: a library's or the file's own class with a `close`; `named`: only its name says so. */
  readonly evidence: 'known' | 'named';
  /** Made where a parameter is `None`: then, and only then, it is the instance's own. */
  readonly isDefault: boolean;
}

const ENDS = new Set([
  ...CLIENT_ENDS,
  ...'release unlink cancel join kill unregister stop_listening unlisten server_close __del__ free clear_session'.split(
    ' ',
  ),
]);
const CLOSES =
  /^_{0,2}(a?close|a?exit|stop|shutdown|dispose|teardown|disconnect|destroy|terminate|clean_?up)(_.*)?$/;

/** Things of the standard library that hold memory, a file or a thread until they are closed. */
const HOLDERS =
  /^(open|io\.open|gzip\.open|bz2\.open|lzma\.open|socket\.(socket|create_connection)|(subprocess\.)?Popen|tempfile\.(Named)?TemporaryFile|tempfile\.TemporaryDirectory|zipfile\.ZipFile|tarfile\.open|mmap\.mmap|sqlite3\.connect|psycopg2?\.connect|pymysql\.connect|shelve\.open|selectors\.\w*Selector|multiprocessing\.Manager|h5py\.File|(threading\.)?Timer|socketserver\.\w+Server|http\.client\.HTTPS?Connection)$/;
const NAMED =
  /^_*[A-Z]\w*(Client|Session|Connection|Resolver|Channel|Connector|Transport|Producer|Consumer|Listener|Watcher|Socket|Subscriber|Subscription)$|^(Client|Session|Connection|Resolver|Channel|Watcher|Observer)$/;

/** What the class makes, has a method to close things for, and closes nowhere. */
export function ownedAndNotClosed(file: FileFacts, owner: ClassFacts): Owned[] {
  const teardowns = closersOf(owner);
  if (teardowns.length === 0) return [];
  return [...file.places.ofClass(owner).values()].flatMap((place): Owned[] => {
    if (!/^\w+$/.test(place.path)) return [];
    for (const { value, node, scope } of place.of('bind')) {
      const maker = value && scope.nearest('function') ? makerOf(file, value) : undefined;
      const evidence = maker && evidenceOf(file, maker.made);
      if (!maker || !evidence) continue;
      if (node.type !== 'assignment' || isMentioned(teardowns, place.path)) return [];
      if (isClosed(file, owner, place.path)) return [];
      return [{ owner, place, ...maker, evidence }];
    }
    return [];
  });
}

function closersOf(owner: ClassFacts): FunctionFacts[] {
  return lineageOf(owner)
    .flatMap(teardownsOf)
    .filter(({ name, kind }) => CLOSES.test(name) && kind === 'method');
}

/** Also `for name in ("session", "socket")` is a mention. */
function isMentioned(teardowns: readonly FunctionFacts[], name: string): boolean {
  const word = new RegExp(`\\b${name}\\b|\\b__dict__\\b|\\bvars\\(self\\)`);
  return teardowns.some(({ node }) => word.test(node.text));
}

/** Whether the file closes an attribute: directly, through a name that it gets, or from outside the class. */
function isClosed(file: FileFacts, owner: ClassFacts, name: string): boolean {
  const ends = [...ENDS].join('|');
  if (new RegExp(`(?<!\\b(?:self|cls))\\.${name}(\\(\\))?\\.(${ends})\\b`).test(file.tree.source))
    return true;
  const closes = new RegExp(`\\bself\\.${name}(\\(\\))?\\.(${ends})\\b|\\bwith (await )?self\\.${name}\\b`);
  // Through a name, or let go on purpose: `socket, self.socket = self.socket, None`.
  const letsGo = new RegExp(
    `[=,(] *self\\.${name}\\b(?!\\.)|\\bdel self\\.${name}\\b|\\bself\\.${name} = None`,
  );
  const others = file.classes.filter((one) => lineageOf(one).includes(owner));
  return [...new Set([...lineageOf(owner), ...others])]
    .flatMap(({ methods }) => [...methods.values()])
    .some(
      ({ node, name: method }) => closes.test(node.text) || (method !== '__init__' && letsGo.test(node.text)),
    );
}

/** The call behind `Maker()`, `given or Maker()`, and `if given is None: given = Maker()`. */
function makerOf(file: FileFacts, value: Node): { made: Node; isDefault: boolean } | undefined {
  switch (value.type) {
    case 'call':
      return { made: value, isDefault: false };
    case 'await':
    case 'parenthesized_expression':
      return value.children[0] ? makerOf(file, value.children[0]) : undefined;
    case 'boolean_operator': {
      const right = value.child('right');
      return right?.type === 'call' ? { made: right, isDefault: true } : undefined;
    }
    case 'conditional_expression': {
      const made = value.children.find(({ type }) => type === 'call');
      return made ? { made, isDefault: true } : undefined;
    }
    case 'identifier': {
      const binding = file.binding(value);
      const made = binding?.definitions.find(
        ({ kind, value: one }) => kind === 'assignment' && one?.type === 'call',
      );
      // Of a local that is used further there is more to know.
      const isPassed = binding !== undefined && binding.scope.kind === 'function';
      return made?.value && isPassed ? { made: made.value, isDefault: binding.isParameter } : undefined;
    }
    default:
      return undefined;
  }
}

function evidenceOf(file: FileFacts, made: Node): Owned['evidence'] | undefined {
  const name = calledName(file, made);
  if (HOLDERS.test(name) || isClientMaker(file, made)) return 'known';
  const callee = made.child('function');
  const definition = callee?.type === 'identifier' ? file.binding(callee)?.only : undefined;
  const own = definition?.kind === 'class' ? file.definitions.classOf(definition.value) : undefined;
  if (own)
    return lineageOf(own).some(({ methods }) => methods.has('close') || methods.has('aclose'))
      ? 'known'
      : undefined;
  return NAMED.test(/\w+$/.exec(name)?.[0] ?? '') ? 'named' : undefined;
}

/** What else the methods that end the instance close: `self.writer` of `self.writer.close()`. */
export function closedSibling(file: FileFacts, owner: ClassFacts): string | undefined {
  for (const method of closersOf(owner)) {
    for (const node of method.node.descendants()) {
      if (node.type !== 'attribute' || !ENDS.has(node.child('attribute')?.text ?? '')) continue;
      const object = node.child('object');
      if (object?.type === 'attribute' && file.isSelf(object.child('object'))) return object.text;
    }
  }
  return undefined;
}
