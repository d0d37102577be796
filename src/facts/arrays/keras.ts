/** Models of Keras: where they are built or asked for a prediction again and again. */
import type { Node } from '../../python/node.ts';
import { roundsOf } from '../resources/buffers.ts';
import { keywordArgument } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { loopsAround } from '../syntax/flow.ts';
import { frequencyOf } from '../life/frequency.ts';
import { spanOf } from '../places/keeping.ts';

const MODELS =
  /^(builtins\.)?((tensorflow|tf_keras|keras)(\.\w+)*\.)?(keras\.)?(\w+\.)*(Sequential|Model|load_model|clone_model|model_from_json)$/;
/** A loop of fewer rounds makes few models. */
const FEW = 10;

/** Whether the file works with Keras. */
export function usesKeras(file: FileFacts): boolean {
  return /^\s*(import|from)\s+(tensorflow|keras|tf_keras)\b/m.test(file.tree.source);
}

/** Calls that build or load a model in a loop without clearing what Keras keeps of the last one. */
export function modelsBuiltAgain(file: FileFacts): Node[] {
  return file.calls
    .named('Sequential', 'Model', 'load_model', 'clone_model', 'model_from_json')
    .flatMap(({ node }) => {
      const [loop] = longLoops(file, node);
      if (!isModel(file, node) || !loop || isKept(file, node)) return [];
      return /\b(clear_session|reset_default_graph|Process)\b/.test(loop.text) ? [] : [node];
    });
}

/** Whether the model, or the name it is given, is stored or given back: several models are meant. */
function isKept(file: FileFacts, call: Node): boolean {
  const target = call.parent?.type === 'assignment' ? call.parent.child('left') : undefined;
  const uses = target?.type === 'identifier' ? (file.binding(target)?.uses ?? []) : [];
  return [call, ...uses].some((node) => spanOf(file, node) !== 'call');
}

/** Calls of `model.predict` for one item after the other. */
export function predictionsPerItem(file: FileFacts): Node[] {
  return file.calls.named('predict').flatMap(({ node, receiver }) => {
    const isLooped = longLoops(file, node).length > 0;
    if (!isLooped && frequencyOf(file, node) !== 'request') return [];
    return keywordArgument(node, 'steps') || !holdsModel(file, receiver) ? [] : [node];
  });
}

function isModel(file: FileFacts, call: Node | undefined): boolean {
  const name = file.names.callee(call) ?? '';
  return MODELS.test(name) && /keras|tensorflow/.test(name);
}

/** Whether every value that a name or attribute is given in this file is a model of Keras. */
function holdsModel(file: FileFacts, receiver: Node | undefined): boolean {
  const values =
    file.places
      .at(receiver)
      ?.of('bind')
      .map(({ value }) => value) ?? [];
  return values.some((value) => value?.type === 'call' && isModel(file, value));
}

function longLoops(file: FileFacts, node: Node): Node[] {
  return loopsAround(node).filter((loop) => (roundsOf(file, loop.child('right')) ?? FEW) >= FEW);
}
