/** Whether the instances of a class live for long: servers, clients, workers; or do one piece of work and go. */
import type { FileFacts } from '../file-facts.ts';
import { isEndless } from '../syntax/flow.ts';
import type { ClassFacts } from '../syntax/functions.ts';
import { lineageOf } from '../places/instances.ts';
import { isSingleton } from './lifetimes.ts';

const words = (list: string): Set<string> => new Set(list.trim().split(/\s+/));

const LASTING = words(`
  actor agent api app application backend barrier bot bridge broker bus cache center channel clock client cluster collector
  condition conn connection connector consumer controller coordinator crawler daemon dashboard database db dispatcher driver emitter
  engine exchange executor feed gateway governor guard handler host hub inspector interpreter kernel limiter listener lock logger
  loop manager memory meter middleware monitor multiplexer network notifier observer orchestrator peer pipeline player poller
  pool processor producer profiler proxy publisher queue reactor recorder receiver registry relay repository rpc sampler
  scheduler scraper semaphore sender server service session shell sink socket spider state storage store stream subscriber
  subscription supervisor swarm system telemetry throttle throttler tracer tracker transport trigger tunnel watchdog watcher
  websocket worker`);

const PASSING = words(`
  action analyzer call checker deferred future job task assembler batch builder case codec collection command comparer compiler config configuration context converter cursor
  dataset decoder description dict doc document element encoder entry error event evaluator example exception expression extractor
  field file filter fixture form format formatter frame function generator graph grammar group importer info instruction item iterator layer layout
  lexer linter list loader map mapper matrix message metadata migration mixin mock model module node options option optimizer packet parser
  path plan plot printer program query reader record reply report reporter request resolver response result results row
  rule schema scope section selector sequence serializer set settings spec splitter stack statement stub suite symbol table template
  test tester token tokenizer transaction transformer translator tree type unparser validator value view visitor walker writer`);

const LASTING_BASES =
  /(^|\.)(Thread|Process|Protocol|DatagramProtocol|Factory|ServerFactory|ClientFactory|Cog|Bot|Client|Server|Service|Worker|Actor|Agent|Consumer|ConsumerMixin|AsyncConsumer|Middleware|BaseHTTPMiddleware|Spider|Manager|TCPServer|HTTPServer|EventEmitter|FileSystemEventHandler|NodeMixin|QObject|QThread)$/;
const PASSING_BASES =
  /(^|\.)(NodeVisitor|NodeTransformer|TestCase|IsolatedAsyncioTestCase|Exception|BaseException|\w+Error|HTMLParser|ContentHandler|BaseHTTPRequestHandler|SimpleHTTPRequestHandler|BaseRequestHandler|StreamRequestHandler|RequestHandler|WebSocketHandler|Action|ArgumentParser|Command|BaseCommand|dict|list|UserDict|UserList|Formatter|Element)$/;
const LIFECYCLE =
  /^_?(a?start|run|serve|serve_forever|run_forever|connect|listen|a?stop|a?close|shutdown|disconnect|terminate|main_?loop|loop|poll|tick|work|start_consuming|subscribe|__aenter__|__aexit__)$/;

/** The words of a name such as `HTTPConnectionPool` or `_chat_bot`, in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_\d]+/)
    .filter(Boolean);
}

/** How much speaks for long-lived instances: 2 and more is much, below 0 speaks against it. */
export function longevity(file: FileFacts, facts: ClassFacts): number {
  return file.onceFor(facts, weigh);
}

function weigh(file: FileFacts, facts: ClassFacts): number {
  const signs = [
    signOfName(facts),
    signOfBases(facts),
    signOfMethods(file, facts),
    isSingleton(file, facts) ? 2 : 0,
  ];
  return signs.reduce((a, b) => a + b, 0);
}

function signOfName({ name }: ClassFacts): number {
  const all = wordsOf(name);
  const last = all.at(-1) ?? '';
  if (
    /^(fake|mock|stub|dummy|test|memory|null|sample|example|abstract|capturing|recording|caplog)$/.test(
      all[0] ?? '',
    )
  )
    return -3;
  const singular = last.replace(/s$/, '');
  if (PASSING.has(last) || PASSING.has(singular)) return -3;
  return LASTING.has(last) || LASTING.has(singular) ? 2 : 0;
}

function signOfBases(facts: ClassFacts): number {
  const bases = lineageOf(facts).flatMap((ancestor) => ancestor.bases);
  if (bases.some((base) => PASSING_BASES.test(base))) return -3;
  return bases.some((base) => LASTING_BASES.test(base)) ? 1 : 0;
}

function signOfMethods(file: FileFacts, facts: ClassFacts): number {
  const methods = lineageOf(facts).flatMap((ancestor) => [...ancestor.methods.values()]);
  const hasLifecycle = methods.some(({ name }) => LIFECYCLE.test(name));
  const waits =
    methods.some(({ isAsync }) => isAsync) ||
    file.once(loops).some((scope) => methods.some((method) => method.scope === scope));
  return Number(hasLifecycle) + Number(waits);
}

/** The functions with an endless loop. */
function loops(file: FileFacts): unknown[] {
  return file
    .nodes('while_statement')
    .filter(isEndless)
    .map((node) => file.scopes.at(node).nearest('function'));
}
