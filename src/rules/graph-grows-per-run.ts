import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Operations that are added to a TensorFlow graph each time something is run in a session. */
export default defineRule({
  id: 'graph-grows-per-run',
  cause: 'external-library',
  confidence: 'high',
  summary: 'Operations are added to a TensorFlow graph for every run of a session',
  why:
    'In graph mode each call of `tf.add`, `tf.assign` or `variable.assign` adds nodes to the graph, and a graph never ' +
    'loses any. Where they are made in the loop that runs them, or in a function that is called again and again, the ' +
    'graph grows with every step: memory rises, and each run takes longer than the last.',
  remedy:
    'Build the operations once, before the loop, and feed what changes: `session.run(op, feed_dict={value: x})`. ' +
    '`graph.finalize()` after building makes every later addition an error.',
  notWhen: [
    'The operations are built before the loop and only run in it.',
    'Each round has a graph of its own: `with tf.Graph().as_default()`, `tf.reset_default_graph()`.',
    'The code runs once, such as the initializer of the variables.',
    'Nothing is run in a session: TensorFlow 2 computes at once and keeps no graph.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
session = tf.Session()


def doubled(number: float = 2.0) -> float:
    return float(session.run(tf.multiply(number, 2.0)))
`,
      good: `
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
session = tf.Session()
value = tf.placeholder(tf.float32)
product = tf.multiply(value, 2.0)


def doubled(number: float = 2.0) -> float:
    return float(session.run(product, feed_dict={value: number}))
`,
      ok: `
import tensorflow as tf


def doubled(number: float = 2.0) -> float:
    return float(tf.multiply(number, 2.0))
`,
      needs: 'tensorflow',
    },
  ],
  links: ['https://www.tensorflow.org/api_docs/python/tf/Graph#finalize'],
  check(file, report) {
    const runs = file.calls.named('run', 'eval').filter(({ node, receiver }) => isRun(file, node, receiver));
    if (runs.length === 0 || !/\btensorflow\b/.test(file.tree.source)) return;
    const loops = new Set(runs.flatMap(({ node }) => loopsAround(node)));
    const seen = new Set<Node>();
    for (const { node } of file.calls.all) {
      const operation = operationName(file, node);
      if (operation === undefined) continue;
      const inside = loopsAround(node);
      const loop = inside.find((around) => loops.has(around));
      const run = runs.find((one) => one.node !== node && one.node.contains(node));
      const isPerCall = run && file.functionAround(node) !== undefined && frequencyOf(file, node) !== 'once';
      if (!loop && (!isPerCall || /initializer/.test(operation))) continue;
      const place = loop ?? file.functionAround(node)?.node ?? node;
      // One comment for all that a loop or function adds.
      if (seen.has(place) || [...inside, place].some((around) => hasOwnGraph(around))) continue;
      seen.add(place);
      const target = file.drivable(node);
      report({
        anchor: node,
        message: `\`${operation}\` adds to the graph ${loop ? 'in every round of the loop' : `for every call of \`${file.symbolAt(node)}\``}, and a graph never shrinks: build it once and feed what changes`,
        holder: '_graph',
        payload: 'operations and their shapes',
        ...(loop ? {} : { confidence: 'medium' }),
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

/** `session.run(…)`, `tensor.eval(session=session)`. */
function isRun(file: FileFacts, call: Node, receiver: Node | undefined): boolean {
  if (!receiver) return false;
  const last = (receiver.type === 'attribute' ? receiver.child('attribute') : receiver)?.text ?? '';
  const isEval = call.child('function')?.child('attribute')?.text === 'eval';
  if (isEval) return /\bsession=/.test(call.child('arguments')?.text ?? '');
  if (/^_*(tf_?)?sess(ion)?$/i.test(last)) return usesTensorflow(file);
  return /\.(Session|InteractiveSession|get_session|get_default_session)$/.test(
    file.names.callee(receiver) ?? '',
  );
}

/** A session may be one of `requests` or of a database too. */
function usesTensorflow(file: FileFacts): boolean {
  return /^\s*(import|from)\s+tensorflow\b|\btf\.(compat\.v1\.)?(Session|get_default_session|InteractiveSession)\b/m.test(
    file.tree.source,
  );
}

const MAKES =
  /^tensorflow\.(compat\.v1\.|compat\.v2\.)?((math|nn|image|strings|random|linalg|layers|losses|sparse|signal|metrics|contrib\.\w+)\.)?([a-z]\w*|Variable|train\.Saver)$/;
/** They ask the graph, or open a context in it, and add nothing. */
const ASKS =
  /\.(get_\w+|reset_\w+|set_\w+|disable_\w+|enable_\w+|trainable_variables|global_variables|local_variables|all_variables|model_variables|device|name_scope|variable_scope|control_dependencies|function|executing_eagerly|is_\w+|as_dtype|make_\w+_proto|py_function|numpy_function|import_graph_def|global_norm_only|load_op_library|add_to_collection|test_\w+|Session)$/;

/** What a call adds to the graph, as it is written: `tf.multiply`. */
function operationName(file: FileFacts, call: Node): string | undefined {
  const callee = call.child('function');
  const name = file.names.callee(call);
  if (name !== undefined && MAKES.test(name)) return ASKS.test(name) ? undefined : callee?.text;
  const method = callee?.type === 'attribute' ? (callee.child('attribute')?.text ?? '') : '';
  // `session.run(weights.assign(value))`, `session.run(optimizer.minimize(loss))`
  const isHandedToRun =
    call.parent?.type === 'argument_list' && /\.run$/.test(call.parent.parent?.child('function')?.text ?? '');
  return isHandedToRun &&
    /^(assign|assign_add|assign_sub|minimize|apply_gradients|scatter_update)$/.test(method)
    ? callee?.text
    : undefined;
}

/** `with tf.Graph().as_default():` and `tf.reset_default_graph()` begin anew. */
function hasOwnGraph(around: Node): boolean {
  return /\b(Graph\(\)|reset_default_graph\(|clear_session\()/.test(around.text);
}
