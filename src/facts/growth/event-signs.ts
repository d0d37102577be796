/** Signs that a container of an instance gets an entry for every request, message or event, and not for every part of a program. */
import type { Node } from '../../python/node.ts';
import { keyOf } from './domains.ts';
import type { FileFacts } from '../file-facts.ts';
import { isHandler } from '../life/frequency.ts';
import { isEndless, loopsAround } from '../syntax/flow.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import type { InstanceContainer } from './instance-containers.ts';
import { wordsOf } from '../life/longevity.ts';
import type { Operation } from '../places/operations.ts';
import { assignedBefore } from '../places/reaching.ts';

const words = (list: string): Set<string> => new Set(list.trim().split(/\s+/));

/** What such containers are called. */
const HISTORIES = words(`
  alert answered archive arrival attempt audit backlog breadcrumb call cancelled completed conversation crash dead delivered done duration
  error event failed failure fetched finished handled history journal latency log measurement message metric notification observation
  outcome past pending processed query received record request response sample seen sent snapshot stat statistic submitted
  timestamp time timing trace traffic transaction transition transcript unacked update used visited waiter waiting warning
  visitor session connection user client job task future promise reply result inflight flight ticket subscription deferred`);

/** What tables of a program's own parts are called. */
const TABLES = words(`
  block buffer chunk content data fragment line piece text
  action adapter argument arg attribute backend binding callback child class codec column command component config constant constraint converter
  declaration default definition dependency device directive extension factory feature field file filter flag format formatter
  handler header hook import include index item key kwarg language layer layout listener loader locale macro mapping marker member method
  middleware mixin mode module name namespace node observer op operation option output package param parameter part path pattern
  permission plugin prefix processor property provider register registry resolver resource role route rule schema scope script section sensor
  setting shape signature slot source spec state step strategy style subcommand suffix symbol tag target template test token tool
  topic transform translator type unit validator value variable version view widget weight loss`);

const EVENT_METHOD =
  /^_*(a?handle|on|record|log|track|trace|emit|notify|receive|recv|process|send|submit|publish|message|execute|fetch|call|query|wait|acquire|schedule|dispatch|consume|observe|measure|report|request|respond|reply|ask|chat|enqueue|deliver|store|save|spawn|launch|start|create|open|accept|connect|login|join|enter|mark|update|step|tick|poll|run|do|perform|invoke|say|push|put|write|read|get|collect|sample|capture|snapshot|note|remember|append|check|finish|complete|fail|increment|crawl|download|upload|load|data|line|__call__)(_|[A-Z]|$)/;
const TABLE_METHOD =
  /^_*(add|register|set|insert|extend|import|parse|build|visit|generic_visit|init|setup|set_up|configure|define|declare|compile|bind|include|attach|mount|use|with|resolve|lookup|discover|scan|prepare|analy[sz]e|convert|transform|format|render|merge|expand|__setitem__|__setattr__|__enter__)(_|[A-Z]|$)/;
/** `add_message` adds what happened, `add_route` a part. */
const ADDS = /^_*(add|append|push|insert)/;

/** Names of what comes and goes. */
export const NAMES_ENTRY =
  /(^|_)(id|ids|uid|uuid|guid|key|url|uri|user|session|request|req|msg|message|token|addr|address|peer|conn|connection|client|channel_id|chat|query|prompt|text|event|job|task|tenant|email|ip|host|order|payload|data|packet|sock|socket|ws|websocket|response|result|exc|error|line|record|row|sample|value|timestamp|now)$/;

/** What speaks for and against one entry an event: 2 is much, negative numbers speak against it. */
export interface EventSigns {
  /** By what the attribute is called. */
  readonly attribute: number;
  /** By the method that adds the entry. */
  readonly method: number;
  /** By the key and what is stored. */
  readonly entry: number;
}

export function eventSigns(
  file: FileFacts,
  { place, container }: InstanceContainer,
  operation: Operation,
  method: FunctionFacts,
): EventSigns {
  const isKeyed = container.kind === 'dict' || container.kind === 'set';
  return {
    attribute: signOfAttribute(nameOf(place.path, operation)),
    method: signOfMethod(operation, method),
    entry: (isKeyed ? signOfKey(file, operation) : signOfItem(operation)) + signOfValue(file, operation),
  };
}

/** The key says more than the attribute in `self.state["events"].append(event)`. */
function nameOf(path: string, { key, inner }: Operation): string {
  return inner === true && key?.type === 'string' ? key.text.replace(/\W/g, '') : path;
}

function signOfAttribute(path: string): number {
  const all = wordsOf(path);
  const last = formsOf(all.at(-1) ?? '');
  if (last.some((word) => TABLES.has(word))) return -2;
  if (last.some((word) => HISTORIES.has(word))) return 2;
  return all.some((word) => formsOf(word).some((form) => HISTORIES.has(form))) ? 1 : 0;
}

/** The singular of a word, whichever way it is made. */
function formsOf(word: string): string[] {
  return [word, word.replace(/s$/, ''), word.replace(/ies$/, 'y'), word.replace(/es$/, '')];
}

function signOfMethod({ node }: Operation, method: FunctionFacts): number {
  if (TABLE_METHOD.test(method.name)) {
    const noun = wordsOf(method.name).slice(1).at(-1) ?? '';
    return ADDS.test(method.name) && formsOf(noun).some((form) => HISTORIES.has(form)) ? 0 : -2;
  }
  if (isHandler(method) || method.isAsync) return 2;
  return EVENT_METHOD.test(method.name) || loopsAround(node).some(isEndless) ? 1 : 0;
}

const NEVER = -9;

function signOfKey(file: FileFacts, operation: Operation): number {
  const { key, value, how } = operation;
  const selector = key ?? value;
  const { domain, parameters } = keyOf(file, selector);
  // A fixed key still grows when its entry does: `self.state["events"].append(event)`.
  if (addsInside(operation)) return 1;
  if (domain === 'closed') return NEVER;
  const counts = how === '[]+=' ? -2 : 0;
  if (domain === 'few') return counts - 2;
  return counts + Number(NAMES_ENTRY.test(selector?.text ?? '') || parameters.length === 0);
}

const ADDING = /^(append|appendleft|extend|insert)$/;

/** `self.times[name].append(seconds)`, `self.times.setdefault(name, []).append(seconds)` */
function addsInside({ how, inner, node }: Operation): boolean {
  if (inner === true) return ADDING.test(how);
  return (
    how === 'setdefault' &&
    node.parent?.type === 'attribute' &&
    ADDING.test(node.parent.child('attribute')?.text ?? '')
  );
}

function signOfItem({ value }: Operation): number {
  const name = value?.type === 'attribute' ? value.child('attribute')?.text : value?.text;
  return Number(NAMES_ENTRY.test(name ?? '') || isRecord(value));
}

function signOfValue(file: FileFacts, { key, value }: Operation): number {
  const made = value?.type === 'identifier' ? assignedBefore(file, value) : value;
  const maker = made?.type === 'call' ? (made.child('function')?.text ?? '') : '';
  // Tasks and threads that are kept have rules of their own.
  if (TASKS.test(maker)) return NEVER;
  return Number(isTimed(key) || isTimed(value)) + (ENDS.test(maker) ? 2 : 0);
}

/** `{"kind": kind}`, `(now, kind)`, `Event(kind)` */
function isRecord(value: Node | undefined): boolean {
  return (
    value?.type === 'dictionary' ||
    value?.type === 'tuple' ||
    (value?.type === 'call' && /^[A-Z]/.test(value.child('function')?.text ?? ''))
  );
}

const CLOCKS = /(^|\.)(time|monotonic|perf_counter|now|utcnow|time_ns|loop\.time)$/;

/** A record with the time in it. */
function isTimed(value: Node | undefined): boolean {
  if (!value) return false;
  return [value, ...value.descendants()].some((node) => {
    if (node.type === 'identifier') return /^(now|timestamp|ts|started|start_time|t0)$/.test(node.text);
    return node.type === 'call' && CLOCKS.test(node.child('function')?.text ?? '');
  });
}

const TASKS = /(^|\.)(create_task|ensure_future|start_soon|Task|Thread|Process|Popen|create_subprocess_\w+)$/;

/** Makes something that is over at some time. */
const ENDS =
  /(^|\.)(Future|create_future|Event|Deferred|Promise|LoopingCall|call_later|callLater|call_at|run_in_executor|run_coroutine_threadsafe|Timer)$/;

/** Whether a name is that of something which comes and goes: `user_id`, `request`, `url`. */
export function namesEvent(name: string): boolean {
  return NAMES_ENTRY.test(name);
}
