import { calledName, callsLike } from '../facts/syntax/called.ts';
import { fateOf } from '../facts/places/fates.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { keyOf } from '../facts/growth/domains.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** A model that is loaded anew for each request, or in each turn of a loop. */
export default defineRule({
  id: 'model-loaded-per-call',
  cause: 'external-library',
  confidence: 'low',
  summary: 'A model is loaded anew for each request or each turn of a loop',
  why:
    'Loading a model reads, unpacks and places hundreds of megabytes. In a handler each request does so, several at a time ' +
    'hold a copy each, and what the last ones leave behind stays with the allocator and the device: memory climbs to the ' +
    'peak of the busiest minute. Some libraries keep a little of each model for good; the probe tells which.',
  remedy:
    'Load it once, when the process starts or in a function with `functools.cache`, and use it for all requests. Load it ' +
    'before a loop and not in it.',
  notWhen: [
    'It is loaded once: at import, at the start of the program, behind a check whether it is there.',
    'It is stored, returned or handed to other code: that may keep it.',
    'The function is cached.',
    'Each turn of the loop loads another one.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Tagger:
    def __init__(self, weights: list) -> None:
        self.weights = weights

    @classmethod
    def from_pretrained(cls, name: str) -> "Tagger":
        return cls([float(len(name))] * 100_000)


def handle_request(text: str) -> float:
    tagger = Tagger.from_pretrained("small")
    return tagger.weights[len(text) % 10]
`,
      good: `
class Tagger:
    def __init__(self, weights: list) -> None:
        self.weights = weights

    @classmethod
    def from_pretrained(cls, name: str) -> "Tagger":
        return cls([float(len(name))] * 100_000)


_tagger = Tagger.from_pretrained("small")


def handle_request(text: str) -> float:
    return _tagger.weights[len(text) % 10]
`,
    },
  ],
  links: ['https://fastapi.tiangolo.com/advanced/events/'],
  check(file, report) {
    if (file.setting !== 'product') return;
    for (const { node } of callsLike(file, LOADERS)) {
      const around = file.functionAround(node);
      const target = file.drivable(node);
      const often = around && target ? repeats(file, node) : undefined;
      if (!around || !target || often === undefined || runsBehindGuard(file, node) || isConditional(node))
        continue;
      if (
        [around, target].some(({ decorators }) =>
          decorators.some(({ node: text }) => /cache|fixture|once/i.test(text.text)),
        )
      )
        continue;
      const fate = fateOf(file, node, new Set());
      if (fate.how !== 'local' && fate.how !== 'dropped') continue;
      const loader = node.child('function')?.text ?? calledName(file, node);
      report({
        anchor: node,
        message:
          often === 'request'
            ? `Each call of \`${around.name}\` loads the model anew with \`${loader}\`: load it once and use it for all`
            : `Each turn of the loop loads the same model again with \`${loader}\`: load it before the loop`,
        holder: fate.how === 'local' ? fate.binding.name : around.name,
        payload: 'a model for each call',
        probe: { target: target.qualname },
      });
    }
  },
});

const LOADERS =
  /(^|\.)from_pretrained$|^transformers\.pipeline$|^torch\.(load|jit\.load|hub\.load)$|^spacy\.load$|(^|\.)SentenceTransformer$|^whisper\.load_model$|^(tensorflow\.)?keras\.(models|saving)\.load_model$|^tensorflow\.saved_model\.load$|^(sklearn\.externals\.)?joblib\.load$|^onnxruntime\.InferenceSession$|^gensim\.models(\.\w+)*\.load(_word2vec_format)?$|^fasttext\.load_model$|^easyocr\.Reader$|^ultralytics\.YOLO$|^llama_cpp\.Llama$|^vllm\.LLM$/;

/** For each request, or in a loop that does not choose which one is loaded. */
function repeats(file: FileFacts, call: Node): 'request' | 'loop' | undefined {
  const frequency = frequencyOf(file, call);
  if (frequency === 'request')
    return keyOf(file, call.child('arguments')).domain === 'open' ? undefined : 'request';
  const [loop] = loopsAround(call);
  if (frequency !== 'loop' || !loop) return undefined;
  const names =
    call
      .child('arguments')
      ?.descendants()
      .filter(({ type }) => type === 'identifier') ?? [];
  const isChosen = names.some((name) =>
    file.binding(name)?.definitions.some(({ node }) => loop.contains(node)),
  );
  return isChosen ? undefined : 'loop';
}

/** Under an `if` that decides whether it is needed, or in an `except`. */
function isConditional(call: Node): boolean {
  const outer = call.closest(
    'if_statement',
    'except_clause',
    'function_definition',
    'conditional_expression',
    'boolean_operator',
  );
  return outer !== undefined && outer.type !== 'function_definition';
}
