/** How many values a key can take: few by its type, few by its name, or ever new ones. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { Parameter } from '../syntax/functions.ts';
import { isPartOfProgram } from './program-parts.ts';
import { originsOf } from '../places/provenance.ts';
import { isFiniteType } from '../syntax/types.ts';

/** `closed` cannot grow for long; `few` should not, going by the names; `open` grows with every request. */
export type Domain = 'closed' | 'few' | 'open';

/** Nouns for things of which a program has a fixed number. Names of objects that come and go are not among them. */
const FEW = new Set(
  `alias alphabet blueprint cursor executable how urlconf arch attr attribute backend category charset codec command ctype currency device dialect dim
  domain driver dtype encoding exclude ext extension factory feature field flag fmt format freq glob hook impl kind lang
  language layout level lib library locale method mod mode modname module op opcode operator opt option package param
  pattern pkg platform plugin prec precision protocol provider regex role scheme section setting severity srid stage
  strategy style suffix timezone toolkit transport typ type tz unit version`
    .trim()
    .split(/\s+/),
);

/** Words that say how a thing is written down, not what it is: `backend_name` is a backend. */
const FORMS = /^(name|names|str|string|num|number|no|id|code|path|s|obj|info|default)$/;

/** Whether a parameter's name is that of a thing of which there are few, such as `backend_name` or `dtype`. */
export function namesFewThings(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_\d]+/)
    .filter(Boolean);
  while (words.length > 1 && FORMS.test(words.at(-1) ?? '')) words.pop();
  const noun = (words.at(-1) ?? '').replace(/(.)name$/, '$1');
  return FEW.has(noun) || FEW.has(noun.replace(/s$/, '')) || /^(\w+lib|\w+class|\w+type)$/.test(noun);
}

/** How many values a parameter can take. */
export function domainOf(file: FileFacts, parameter: Parameter): Domain {
  const { name, annotation } = parameter;
  if (isFiniteType(file, annotation) || /^_*(cls|klass|mcs|metacls|class_)$/.test(name)) return 'closed';
  return namesFewThings(name) || /_(cls|klass)$/.test(name) || isPartOfProgram(file, parameter)
    ? 'few'
    : 'open';
}

export interface Key {
  readonly domain: Domain;
  /** The parameters that make it differ from call to call. */
  readonly parameters: readonly Parameter[];
}

/** How many values an expression can take that selects an entry. */
export function keyOf(file: FileFacts, expression: Node | undefined): Key {
  const { parameters, calls } = originsOf(file, expression, (node) => isNarrow(file, node));
  const domains = parameters.map((parameter) => domainOf(file, parameter));
  const domain =
    domains.includes('open') || calls.some((call) => isFresh(file, call))
      ? 'open'
      : domains.includes('few')
        ? 'few'
        : 'closed';
  return { domain, parameters: parameters.filter((_, at) => domains[at] !== 'closed') };
}

const NARROWING_CALLS =
  /^builtins\.(type|bool|isinstance|issubclass|callable|hasattr|len)$|^inspect\.(signature|getfile|getsourcefile|getmodule)$/;
const NARROWING_ATTRIBUTES =
  /^(__class__|__name__|__qualname__|__module__|dtype|device|ndim|encoding|__code__|co_firstlineno|co_filename)$/;

/** `type(x)`, `x.__class__`, `x == y`: few values, whatever x is. */
function isNarrow(file: FileFacts, node: Node): boolean {
  switch (node.type) {
    case 'call':
      // The system hands out the same small numbers again.
      return (
        NARROWING_CALLS.test(file.names.callee(node) ?? '') ||
        /\.fileno$/.test(node.child('function')?.text ?? '')
      );
    case 'attribute':
      return NARROWING_ATTRIBUTES.test(node.child('attribute')?.text ?? '');
    case 'comparison_operator':
    case 'not_operator':
      return true;
    default:
      return false;
  }
}

const FRESH =
  /^(builtins\.(id|next|object)|uuid\.uuid\d|secrets\.token_\w+|time\.(time|monotonic|perf_counter)(_ns)?|datetime\.datetime\.(now|utcnow)|threading\.(get_ident|get_native_id|current_thread|currentThread)|asyncio\.(current_task|get_running_loop|get_event_loop)|weakref\.ref)$/;

/** Calls that give another value again and again, whatever they are given. */
function isFresh(file: FileFacts, call: Node): boolean {
  const name = file.names.callee(call) ?? '';
  return FRESH.test(name) || /\.get_default_graph$/.test(name);
}
