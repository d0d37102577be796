/** How often code runs while the process lives. Known for some places, guessed by name for others, else unknown. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { isUnderMain, loopsAround } from '../syntax/flow.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { isSingleton, runsAtImport } from './lifetimes.ts';

export type Frequency =
  /** While modules are imported, or once when the program starts. */
  | 'once'
  /** For every turn of a loop in the same function. */
  | 'loop'
  /** For every request, message or event, going by decorators, parameters and names. */
  | 'request'
  /** For every instance of a class of which nothing says that there is only one. */
  | 'instance'
  | 'unknown';

/** How often a node runs; the strongest evidence counts. */
export function frequencyOf(file: FileFacts, node: Node): Frequency {
  const around = file.functionAround(node);
  if (isUnderMain(node) || !around) return 'once';
  if (loopsAround(node).length > 0) return 'loop';
  const outer = file.drivable(node) ?? around;
  if (isHandler(outer) || isHandler(around)) return 'request';
  if (START.test(outer.name) || runsAtImport(file, outer)) return 'once';
  const owner = outer.class;
  if (owner && isSingleton(file, owner)) return 'once';
  return owner && BIRTH.includes(outer.name) ? 'instance' : 'unknown';
}

const BIRTH = ['__init__', '__new__', '__post_init__', '__attrs_post_init__', '__enter__', '__aenter__'];

/** Whether a function starts a program, or shows one off: it runs once in a process. */
export function isStart({ name }: FunctionFacts): boolean {
  return START.test(name);
}

/** Functions that start a program. */
const START =
  /^_?(a?main|cli|run_(server|app|bot|worker|cli)|start_(server|app)|serve|create_app|make_app|get_app|app_factory|lifespan|startup|on_startup|ready|entry_?point|parse_args|basic_?config|(\w+_)?demo)$/;

const HANDLER_DECORATOR =
  /(^|\.)(route|get|post|put|delete|patch|head|options|websocket|api_view|action|view_config|require_\w+|login_required|task|shared_task|periodic_task|job|cron|event|listener|on|on_\w+|message_handler|callback_query|command|slash_command|hybrid_command|subscribe|subscriber|consumer|agent|stream|handler|exception_handler|middleware|before_request|after_request|errorhandler|receiver|tool|rpc|method|query|mutation|field|callback|endpoint|expose)$/;
const HANDLER_NAME =
  /^(a?handle(_\w+)?|on_\w+|do_(GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS)|dispatch(_request)?|process_(request|response|message|event|item|task|job|update|frame|batch)|consume|callback|lambda_handler|data_received|datagram_received|connection_made|connection_lost|message_received|\w+_handler|\w+_view|\w+_endpoint)$/;
const HANDLER_CLASS =
  /(View|ViewSet|Resource|RequestHandler|Handler|Controller|Middleware|Consumer|Endpoint|Servicer|HTTPEndpoint)$/;
const HANDLER_METHOD =
  /^(get|post|put|delete|patch|head|options|list|create|retrieve|update|destroy|receive|__call__)$/;

/** Whether a function answers requests, messages or events. */
export function isHandler(facts: FunctionFacts): boolean {
  if (facts.decorators.some(({ name, node }) => HANDLER_DECORATOR.test(name ?? decoratorText(node))))
    return true;
  if (HANDLER_NAME.test(facts.name)) return true;
  const owner = facts.class;
  if (
    owner &&
    HANDLER_METHOD.test(facts.name) &&
    [owner.name, ...owner.bases].some((name) => HANDLER_CLASS.test(name))
  )
    return true;
  const [first] = facts.parameters.filter(({ name }) => name !== 'self' && name !== 'cls');
  return (
    facts.kind === 'function' &&
    first !== undefined &&
    /^(request|req|event|websocket|environ|interaction)$/.test(first.name)
  );
}

function decoratorText(decorator: Node): string {
  return decorator.text.replace(/^@\s*/, '').replace(/\(.*$/s, '');
}
