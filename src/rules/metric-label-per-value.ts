import type { Confidence } from '../contract/words.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import { keyOf, type Key } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain } from '../facts/syntax/flow.ts';
import { varietyOf } from '../facts/growth/key-variety.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Prometheus labels that take a new value for every user, address or request. */
export default defineRule({
  id: 'metric-label-per-value',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A metric keeps a time series for every value its label has ever had',
  why:
    '`metric.labels(…)` makes a child for each new combination of label values and keeps it in the metric until the ' +
    'process ends. Ids, addresses and texts from requests take ever new values, so the metric grows with every one, ' +
    'here and in the monitoring server.',
  remedy:
    'Drop the label, or give it few values: the route in place of the path, the class of the error in place of its text. ' +
    'What belongs to one request belongs in a log or a trace. Children that are done can be removed with `metric.remove(…)`.',
  notWhen: [
    'The value is a literal, a flag, an enum, or the name of a part of the program.',
    'The label names a thing of which there are few: a method, a status, a route.',
    'The file removes children of the metric or clears it.',
    'What `labels` is called on is no metric.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
try:
    from prometheus_client import Counter
except ImportError:

    class Counter:
        def __init__(self, name: str, documentation: str, names: list[str]) -> None:
            self.children: dict[tuple[str, ...], Counter] = {}

        def labels(self, **labels: str) -> "Counter":
            return self.children.setdefault(tuple(labels.values()), Counter("", "", []))


REQUESTS = Counter("requests", "Requests by user", ["user_id"])


def handle(user_id: str) -> int:
    REQUESTS.labels(user_id=user_id)
    return len(user_id)
`,
      good: `
try:
    from prometheus_client import Counter
except ImportError:

    class Counter:
        def __init__(self, name: str, documentation: str, names: list[str]) -> None:
            self.children: dict[tuple[str, ...], Counter] = {}

        def labels(self, **labels: str) -> "Counter":
            return self.children.setdefault(tuple(labels.values()), Counter("", "", []))


REQUESTS = Counter("requests", "Requests by kind of user", ["kind"])


def handle(user_id: str) -> int:
    REQUESTS.labels(kind="guest" if user_id.startswith("guest") else "member")
    return len(user_id)
`,
    },
  ],
  links: ['https://prometheus.io/docs/practices/naming/#labels'],
  check(file, report) {
    const calls = file.calls.named('labels');
    if (calls.length === 0) return;
    const removed = new Set(
      file.calls.named('remove', 'clear', 'remove_by_labels').map(({ receiver }) => receiver?.text),
    );
    for (const { node, receiver } of calls) {
      const target = file.drivable(node);
      if (!receiver || !target || isUnderMain(node) || removed.has(receiver.text)) continue;
      const metric = metricNamed(file, receiver);
      const worst = metric && worstLabel(file, node, metric.names);
      if (!metric || !worst) continue;
      const last = receiver.text.split('.').at(-1) ?? '';
      report({
        anchor: node,
        message: `\`${last}\` keeps a time series for every value that its label \`${worst.name}\` has ever had`,
        holder: last,
        payload: 'one child for each combination of labels',
        confidence: metric.isKnown ? worst.confidence : 'low',
        probe: { target: target.qualname, vary: worst.key.parameters.map(({ name }) => name) },
      });
    }
  },
});

interface Metric {
  /** The names of its labels, in order, where its declaration is in the file. */
  readonly names: readonly string[];
  readonly isKnown: boolean;
}

const METRIC = /(^|\.)(Counter|Gauge|Histogram|Summary|Info|Enum)$/;
const METRIC_NAME =
  /(counter|gauge|histogram|summary|metric|total|count|latency|duration|seconds|requests?|errors?|bytes|size)s?$/i;

/** What `labels` is called on: a metric of the file, or a name that says so where a Prometheus client is imported. */
function metricNamed(file: FileFacts, receiver: Node): Metric | undefined {
  const births = file.places.at(receiver)?.of('bind') ?? [];
  const declaration = births.find(({ value }) => METRIC.test(calleeOf(file, value)))?.value;
  if (declaration) {
    const list = positionalArguments(declaration)[2] ?? labelNames(declaration);
    const names = (list?.children ?? []).map(({ text }) => text.replace(/\W/g, ''));
    return { names, isKnown: /prometheus/i.test(file.tree.source) };
  }
  const name = receiver.text.split('.').at(-1) ?? '';
  if (births.some(({ value }) => value) || !(METRIC_NAME.test(name) || /^[A-Z][A-Z\d_]+$/.test(name)))
    return undefined;
  return { names: [], isKnown: true };
}

function labelNames(declaration: Node): Node | undefined {
  return declaration
    .child('arguments')
    ?.children.find(({ type, children }) => type === 'keyword_argument' && children[0]?.text === 'labelnames')
    ?.child('value');
}

function calleeOf(file: FileFacts, value: Node | undefined): string {
  return file.names.callee(value) ?? value?.child('function')?.text ?? '';
}

interface Label {
  readonly name: string;
  readonly key: Key;
  readonly confidence: Confidence;
}

/** Labels that take ever new values. */
const OPEN =
  /(^|_)(id|uid|uuid|guid|email|user|username|user_?name|login|url|uri|session|token|ip|ip_address|addr|address|client|request|query|sql|prompt|filename|file|trace|message|msg|text|hash|key|tenant|customer|account|order|phone|exception|error_message|detail)$/i;
/** Ids of parts of the program. */
const PARTS =
  /(^|_)(app|application|cache|service|module|model|stream|server|node|worker|shard|partition|plugin|instance|pod|host|device|queue|pool|process|thread)_?(id|key)$/i;
/** Labels that often do. */
const MAYBE = /(^|_)(path|job|task|exc|error|reason|topic)$/i;
/** Values that stand for many: `request.url_rule`, `route.path_format`. */
const TEMPLATE = /route|rule|template|pattern|endpoint|view|__name__|__class__|type\(/i;

function worstLabel(file: FileFacts, call: Node, names: readonly string[]): Label | undefined {
  const labels = (call.child('arguments')?.children ?? []).flatMap((argument, at) => {
    const isKeyword = argument.type === 'keyword_argument';
    const value = isKeyword ? argument.child('value') : argument;
    const name = isKeyword ? argument.child('name')?.text : (names[at] ?? lastName(argument));
    return value && name ? (labelOf(file, name, value) ?? []) : [];
  });
  return labels.find(({ confidence }) => confidence === 'medium') ?? labels[0];
}

function lastName(argument: Node): string | undefined {
  if (argument.type === 'identifier') return argument.text;
  return argument.type === 'attribute' ? argument.child('attribute')?.text : undefined;
}

function labelOf(file: FileFacts, name: string, value: Node): Label | undefined {
  if (value.type === 'attribute' && /^[A-Z]/.test(value.text)) return undefined;
  if (TEMPLATE.test(value.text)) return undefined;
  const isText = value.type === 'string' && value.children.some(({ type }) => type === 'interpolation');
  const isOpen = OPEN.test(name) && !PARTS.test(name);
  if (!isText && !isOpen && !MAYBE.test(name)) return undefined;
  // `self.user_id` differs from instance to instance.
  const variety = varietyOf(file, value, true);
  if (variety.domain === 'closed') return undefined;
  const isMuch = (isOpen || (isText && keyOf(file, value).domain === 'open')) && variety.domain === 'open';
  return { name, key: variety, confidence: isMuch ? 'medium' : 'low' };
}
