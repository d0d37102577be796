/** Tensors of PyTorch that carry an autograd graph: what makes one, and where none is made. */
import type { Node } from '../../python/node.ts';
import { backwardsFrom } from './backward.ts';
import { positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';
import { importsLibrary } from './arrays.ts';
import { lineageOf, methodNamed } from '../places/instances.ts';
import { definitionsBefore } from '../places/reaching.ts';

/** How many expressions are looked at on the way from a value back to the model. */
const STEPS = 40;

const words = (list: string): Set<string> => new Set(list.trim().split(/\s+/));

/** Methods of a tensor, and functions of `torch`, whose result is linked to their input. */
const LINKED = words(`
  mean sum clone cpu cuda to view reshape squeeze unsqueeze flatten float double half t transpose permute contiguous
  pow sqrt abs exp log log_softmax softmax sigmoid tanh relu norm prod std var clamp add sub mul div matmul mm bmm
  gather masked_select masked_fill expand repeat neg square logsumexp stack cat concat hstack vstack where maximum
  minimum dot einsum max min log_prob rsample entropy lerp values items get`);
const LINKED_ATTRIBUTES = words(`
  loss losses logits last_hidden_state hidden_states attentions pooler_output image_embeds text_embeds sample T mT`);

const MODULES =
  /^torch\.nn\.(modules\.\w+\.|parallel\.)?[A-Z]\w*$|^torchvision\.models\.|^timm\.create_model$|^torch\.(hub\.load|compile)$/;
const MODULE_TYPES = /(^|\.)(Module|LightningModule|PreTrainedModel)$/;
/** As attribute, parameter or local; `load_model` is a function that makes one. */
const MODULE_NAMES =
  /^(?!([a-z]+_)*(get|load|build|create|make|init|setup|save|detect|find|train|fit|select|register|export|convert|prepare|compile|run|parse|test|eval|generate|unwrap|wrap|set|reset|freeze|update|add|apply|clone|copy|push|log)_)(\w*_)?(model|net|network|criterion|loss_?(fn|func|function)|encoder|decoder|backbone|discriminator|classifier|crit|policy|actor|critic|generator|unet|vae|rnn|lstm|gru)$/i;
/** Functions that make a loss of what they are given. */
const LOSS_NAMES = /(^|_)(loss|losses|criterion|objective|nll|bce|mse|cross_entropy|kl|dice|focal)(_|$)/i;
/** Their result has no graph, whatever they are named. */
const NUMBERS = /\.(item|tolist|detach|numpy)\(|\bfloat\(|\.data\b/;
/** Libraries whose objects of those names make no tensors. */
const OTHER_LIBRARIES = /^(sklearn|numpy|scipy|jax|tensorflow|keras|xgboost|lightgbm|statsmodels|builtins)\./;
/** Lightning calls them under `no_grad`. */
const LIGHTNING_EVALUATION = /^((validation|test|predict)_step|on_(validation|test|predict)_\w+)$/;
const NO_GRAPH = /(^|\.)(no_grad|inference_mode|_no_grad_\w+)$/;

export interface Graphs {
  /** Whether the value of an expression is linked to the graph of a model or loss that is called right here. */
  hasGraph(expression: Node | undefined): boolean;
  /** Whether no graph is made where a node stands: under `no_grad` and its kin, here or where the function is called. */
  isOff(node: Node): boolean;
}

const LIBRARIES = ['torch', 'lightning', 'pytorch_lightning', 'accelerate', 'transformers', 'trl'];

/** Whether a file uses PyTorch, by what it imports. */
export function usesTorch(file: FileFacts): boolean {
  return file.once(importsTorch);
}

function importsTorch(file: FileFacts): boolean {
  return LIBRARIES.some((library) => importsLibrary(file, library));
}

export function graphsOf(file: FileFacts): Graphs {
  return file.once(graphsIn);
}

function graphsIn(file: FileFacts): Graphs {
  let returns: Map<FunctionFacts, Node[]> | undefined;

  function hasGraph(expression: Node | undefined): boolean {
    const pending: Node[] = expression ? [expression] : [];
    for (let step = 0; pending.length > 0 && step < STEPS; step++) {
      const at = pending.pop() as Node;
      if (makesGraph(file, at)) {
        if (!isOff(at)) return true;
      } else pending.push(...linked(file, at), ...behindHelper(at));
    }
    return false;
  }

  function isOff(node: Node): boolean {
    if (callsNamed('set_grad_enabled').some((call) => positionalArguments(call)[0]?.type === 'false'))
      return true;
    if (isOffInside(file, node)) return true;
    const around = file.drivable(node);
    const callers = around ? callsNamed(around.name) : [];
    return callers.length > 0 && callers.every((call) => isOffInside(file, call));
  }

  function callsNamed(name: string): readonly Node[] {
    return file.calls.named(name).map(({ node }) => node);
  }

  /** What a function of the file gives back, where that is no number. */
  function behindHelper(call: Node): readonly Node[] {
    const helper = call.type === 'call' ? helperOf(file, call) : undefined;
    if (!helper || isOff(call)) return [];
    returns ??= returnsIn(file);
    const values = returns.get(helper) ?? [];
    return values.some(({ text }) => NUMBERS.test(text)) ? [] : values;
  }

  return { hasGraph, isOff };
}

/** The function or method of the same file that a call calls. */
function helperOf(file: FileFacts, call: Node): FunctionFacts | undefined {
  const callee = call.child('function');
  if (callee?.type === 'attribute' && file.isSelf(callee.child('object'))) {
    const owner = file.classAround(call);
    return owner && methodNamed(owner, callee.child('attribute')?.text ?? '');
  }
  const definition = callee?.type === 'identifier' ? file.binding(callee)?.only : undefined;
  return definition?.kind === 'function' ? file.definitions.functionOf(definition.value) : undefined;
}

function returnsIn(file: FileFacts): Map<FunctionFacts, Node[]> {
  const found = new Map<FunctionFacts, Node[]>();
  for (const node of file.nodes('return_statement')) {
    const around = file.functionAround(node);
    const [value] = node.children;
    if (!around || !value) continue;
    const same = found.get(around);
    if (same) same.push(value);
    else found.set(around, [value]);
  }
  return found;
}

/** A call of a model or of a loss, or a value that a backward pass starts from. */
export function makesGraph(file: FileFacts, at: Node): boolean {
  if (at.type === 'identifier') return backwardsFrom(file, at).length > 0;
  if (at.type !== 'call') return false;
  const callee = at.child('function');
  return callee !== undefined && isModel(file, callee);
}

/** The expressions that the graph of one may come from. */
function linked(file: FileFacts, at: Node): readonly Node[] {
  switch (at.type) {
    case 'identifier':
      return behindName(file, at);
    case 'parenthesized_expression':
    case 'await':
      return at.children.slice(0, 1);
    case 'unary_operator':
      return present(at.child('argument'));
    case 'binary_operator':
      return present(at.child('left'), at.child('right'));
    case 'conditional_expression':
      return present(at.children[0], at.children[2]);
    case 'list':
    case 'tuple':
    case 'expression_list':
    case 'dictionary':
      return at.children;
    case 'pair':
    case 'keyword_argument':
    case 'subscript':
    case 'named_expression':
      return present(at.child('value'));
    case 'attribute':
      return LINKED_ATTRIBUTES.has(at.child('attribute')?.text ?? '') ? present(at.child('object')) : [];
    case 'call':
      return behindCall(file, at);
    default:
      return [];
  }
}

function behindName(file: FileFacts, identifier: Node): Node[] {
  return definitionsBefore(file, identifier).flatMap(({ kind, node, value }) => {
    if (kind === 'augmented') return present(node.parent?.child('right'));
    // `for name, loss in losses.items()`
    if (kind === 'for') return present(node.closest('for_statement', 'for_in_clause')?.child('right'));
    if (kind !== 'assignment' && kind !== 'walrus') return [];
    // `output, state = model(x)`
    return present(value ?? node.closest('assignment')?.child('right'));
  });
}

function behindCall(file: FileFacts, call: Node): readonly Node[] {
  const callee = call.child('function');
  const name = file.names.qualified(callee);
  const given = call.child('arguments')?.children ?? [];
  if (name?.startsWith('torch.nn.functional.') || name?.startsWith('torch.distributions.')) return given;
  if (/^builtins\.(dict|zip|enumerate|sum)$/.test(name ?? '')) return given;
  if (name?.startsWith('torch.')) return LINKED.has(name.slice('torch.'.length)) ? given : [];
  const method = callee?.type === 'attribute' ? callee.child('attribute')?.text : undefined;
  if (LOSS_NAMES.test(method ?? callee?.text ?? '')) return given;
  return method && LINKED.has(method) ? present(callee?.child('object')) : [];
}

/** Whether a call of the expression runs a module of PyTorch. */
function isModel(file: FileFacts, callee: Node): boolean {
  if (callee.type === 'call') return MODULES.test(file.names.callee(callee) ?? '');
  const method = callee.type === 'attribute' ? callee.child('attribute')?.text : undefined;
  if (method === 'forward') return true;
  if (callee.type === 'identifier' && file.isSelf(callee)) return isModule(file.classAround(callee));
  // `for net in nets`: as many as there are models.
  if (callee.type === 'identifier' && definitionsBefore(file, callee)[0]?.kind === 'for') return false;
  const values = valuesOf(file, callee);
  if (values.some((value) => isModuleValue(file, value))) return true;
  if (values.some((value) => OTHER_LIBRARIES.test(file.names.callee(value) ?? ''))) return false;
  // What is imported or defined under such a name is more likely a function that makes models.
  if (isImported(file, callee) || isFunctionHere(file, callee)) return false;
  return MODULE_NAMES.test(method ?? callee.text);
}

/** A name that nothing in the file binds passes for a builtin. */
function isImported(file: FileFacts, callee: Node): boolean {
  const name = file.names.qualified(callee);
  return name !== undefined && !name.startsWith('builtins.');
}

function isFunctionHere(file: FileFacts, callee: Node): boolean {
  return (
    callee.type === 'identifier' &&
    /^(function|class)$/.test(file.binding(callee)?.definitions[0]?.kind ?? '')
  );
}

/** The values and parameters that a name or an attribute may stand for. */
function valuesOf(file: FileFacts, callee: Node): Node[] {
  if (callee.type === 'identifier') {
    return definitionsBefore(file, callee).map(({ node, value }) => value ?? node);
  }
  return (
    file.places
      .at(callee)
      ?.of('bind')
      .flatMap(({ value }) => present(value)) ?? []
  );
}

function isModuleValue(file: FileFacts, value: Node): boolean {
  if (value.type === 'identifier') return isModuleParameter(file, value);
  if (value.type !== 'call') return false;
  const callee = value.child('function');
  if (MODULES.test(file.names.qualified(callee) ?? '')) return true;
  if (callee?.type === 'identifier') {
    const definition = file.binding(callee)?.only;
    return definition?.kind === 'class' && isModule(file.definitions.classOf(definition.value));
  }
  // `Net().to(device)`
  const method = callee?.child('attribute')?.text ?? '';
  const object = callee?.child('object');
  return (
    /^(to|cuda|cpu|train|eval|float|half)$/.test(method) &&
    object?.type === 'call' &&
    isModuleValue(file, object)
  );
}

function isModuleParameter(file: FileFacts, identifier: Node): boolean {
  const binding = file.binding(identifier);
  const owner = binding && file.definitions.functionOf(binding.scope);
  const annotation = owner?.parameters.find(({ name }) => name === identifier.text)?.annotation;
  return MODULE_TYPES.test(annotation?.text ?? '') || MODULES.test(file.names.qualified(annotation) ?? '');
}

/** Whether a class, or a base class in the same file, is a module of PyTorch. */
export function isModule(facts: ClassFacts | undefined): boolean {
  return (
    facts !== undefined && lineageOf(facts).some(({ bases }) => bases.some((base) => MODULE_TYPES.test(base)))
  );
}

/** Under `with torch.no_grad():`, in a function that is decorated so, or in one that Lightning calls so. */
function isOffInside(file: FileFacts, node: Node): boolean {
  for (let at: Node | undefined = node; at; at = at.parent) {
    if (at.type === 'with_statement' && at.children[0]?.descendants().some((part) => turnsOff(file, part)))
      return true;
    if (at.type !== 'function_definition') continue;
    const facts = file.definitions.functionOf(at);
    if (facts && isDecoratedOff(facts)) return true;
  }
  return false;
}

function turnsOff(file: FileFacts, node: Node): boolean {
  const callee = node.type === 'call' ? node.child('function') : undefined;
  return callee !== undefined && NO_GRAPH.test(file.names.qualified(callee) ?? callee.text);
}

function isDecoratedOff({ name, class: owner, decorators }: FunctionFacts): boolean {
  if (owner && LIGHTNING_EVALUATION.test(name)) return true;
  return decorators.some((decorator) =>
    NO_GRAPH.test(decorator.name ?? decorator.node.text.replace(/^@|\(.*$/gs, '')),
  );
}

function present(...nodes: (Node | undefined)[]): Node[] {
  return nodes.filter((node) => node !== undefined);
}
