import type { Confidence } from '../contract/words.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `tf.py_function` and `Dataset.from_generator`, for a pipeline that is built again and again. */
export default defineRule({
  id: 'python-function-per-dataset',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A tf.data pipeline with a Python function in it leaves something behind each time it is built',
  why:
    '`tf.py_function`, `tf.numpy_function` and `Dataset.from_generator` register the Python function with the process, so ' +
    'that the pipeline can call back. TensorFlow never takes all of that out again: each pipeline that is built leaves objects behind, ' +
    'with what the function holds. A program that builds one pipeline does not notice; one that builds a pipeline for each ' +
    'request, file or epoch grows with each.',
  remedy:
    'Build the pipeline once and give it what changes as data. Write the step with operations of TensorFlow, or do the ' +
    'Python work before the data goes into the pipeline: `Dataset.from_tensor_slices`.',
  notWhen: [
    'The pipeline is built once: at import, or when the program starts.',
    'The Python function is called on data, outside of a pipeline.',
    'The function that builds it is cached.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import tensorflow as tf

NUMBERS = tf.data.Dataset.range(1)


def double(value):
    return value * 2


def handle_batch(size: int = 3) -> str:
    doubled = NUMBERS.map(lambda value: tf.py_function(double, [value], tf.int64))
    return str(doubled.element_spec)
`,
      good: `
import tensorflow as tf

NUMBERS = tf.data.Dataset.range(1)


def double(value):
    return value * 2


def handle_batch(size: int = 3) -> str:
    doubled = NUMBERS.map(double)
    return str(doubled.element_spec)
`,
      notMeasured: 'TensorFlow takes longer to build a pipeline than a watched call may',
    },
    {
      bad: `
import tensorflow as tf


def handle_batch(size: int = 3) -> str:
    numbers = tf.data.Dataset.from_generator(lambda: iter(range(3)), tf.int64)
    return str(numbers.element_spec)
`,
      good: `
import tensorflow as tf


def handle_batch(size: int = 3) -> str:
    numbers = tf.data.Dataset.from_tensor_slices(list(range(3)))
    return str(numbers.element_spec)
`,
      notMeasured: 'TensorFlow takes longer to build a pipeline than a watched call may',
    },
  ],
  links: [
    'https://github.com/tensorflow/tensorflow/issues/35084',
    'https://github.com/tensorflow/tensorflow/issues/37653',
  ],
  check(file, report) {
    for (const call of builders(file)) {
      const target = file.drivable(call);
      const around = file.functionAround(call);
      const confidence = repeats(file, call);
      if (!target || !around || !confidence) continue;
      const callee = call.child('function')?.text ?? '';
      report({
        anchor: call,
        message: `Each pipeline that \`${target.name}\` builds with \`${callee}\` leaves its Python function registered with TensorFlow`,
        holder: target.qualname,
        payload: 'registered functions and what they hold',
        confidence,
        probe: { target: target.qualname },
      });
    }
  },
});

/** Calls that put a Python function into a pipeline. */
function builders(file: FileFacts): Node[] {
  const functions = file.calls
    .to(
      ...['py_function', 'numpy_function', 'py_func', 'compat.v1.py_func'].map(
        (name) => `tensorflow.${name}`,
      ),
    )
    .filter(({ node }) => isInMap(file, node));
  const generators = file.calls.to(
    'tensorflow.data.Dataset.from_generator',
    'tensorflow.compat.v1.data.Dataset.from_generator',
  );
  return [...functions, ...generators].map(({ node }) => node);
}

/** In a lambda, or a function by its name, that is given to `map`, `interleave` or `filter`. */
function isInMap(file: FileFacts, call: Node): boolean {
  const home = file.scopes.at(call).nearest('lambda', 'function');
  if (home?.kind === 'lambda') return isGivenToMap(home.node);
  const uses = home && file.scopes.at(home.node).bindings.get(home.name)?.uses;
  return uses?.some(isGivenToMap) ?? false;
}

function isGivenToMap({ parent }: Node): boolean {
  const call = parent?.type === 'keyword_argument' ? parent.parent?.parent : parent?.parent;
  return /^(map|interleave|filter|flat_map|map_fn)$/.test(
    call?.child('function')?.child('attribute')?.text ?? '',
  );
}

function repeats(file: FileFacts, call: Node): Confidence | undefined {
  const target = file.drivable(call);
  const frequency = frequencyOf(file, call);
  const isCached = target?.decorators.some(({ node }) => /cache/.test(node.text)) ?? false;
  if (!target || isCached || frequency === 'once' || runsAtImport(file, target)) return undefined;
  return frequency === 'unknown' || frequency === 'instance' ? 'low' : 'medium';
}
