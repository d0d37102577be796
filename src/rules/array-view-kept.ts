import { importsLibrary } from '../facts/arrays/arrays.ts';
import { functionCaches } from '../facts/growth/caches.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import { keepings, spanOf, type Keeping } from '../facts/places/keeping.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import { partialView, sliceParts, usageOf, type Usage, type View } from '../facts/arrays/views.ts';
import type { Node } from '../python/node.ts';
import { insertAfter, replaceNode } from '../scan/fix.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** Arrays with fewer elements than this are not worth a word. */
const SMALL = 8192;

/** Slices of NumPy arrays, PyTorch tensors and pandas tables that outlive what they are taken from. */
export default defineRule({
  id: 'array-view-kept',
  cause: 'external-library',
  confidence: 'high',
  summary: 'A slice that is kept holds the whole array behind it',
  why:
    'A basic slice of a NumPy array, a PyTorch tensor or a pandas table is a view: it shares the memory of the whole. ' +
    'As long as ten values of it are kept, or none as in `frame.iloc[:0]`, all of it stays in memory, whatever happens ' +
    'to its name; `torch.save` of a slice writes the whole to the file.',
  remedy:
    'Copy what is kept: `array[:10].copy()`, `tensor[:10].clone()`. The whole is then freed with its last name; `del`, ' +
    '`gc.collect()` and `torch.cuda.empty_cache()` free nothing as long as a view is alive.',
  notWhen: [
    'The part is copied: by `.copy()`, `.clone()`, arithmetic, or an index by a list or a mask.',
    'All of the array is meant, or all but a few elements at its ends.',
    'The array is kept anyway, or several parts of it are.',
    'One integer for each dimension selects a number.',
    'Slice and array die with the call, or the array is small.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import numpy as np


class Tunnel:
    def __init__(self) -> None:
        self.previews = []

    def capture(self, light: int = 128) -> float:
        frame = np.full((2048, 2048), light, dtype=np.uint8)
        self.previews.append(frame[:8, :8])
        del self.previews[:-50]
        return float(frame.mean())
`,
      good: `
import numpy as np


class Tunnel:
    def __init__(self) -> None:
        self.previews = []

    def capture(self, light: int = 128) -> float:
        frame = np.full((2048, 2048), light, dtype=np.uint8)
        self.previews.append(frame[:8, :8].copy())
        del self.previews[:-50]
        return float(frame.mean())
`,
      ok: `
import numpy as np

_bright = []


def brightest(light: int = 128) -> int:
    frame = np.full((64, 64), light, dtype=np.uint8)
    _bright.append(frame[frame > 200])
    return len(_bright[-1])
`,
      needs: 'numpy',
    },
    {
      bad: `
import torch

_first = []


def noise(scale: float = 1.0) -> float:
    sample = torch.ones(2048, 1024) * scale
    _first.append(sample[0])
    del _first[:-20]
    return float(sample.sum())
`,
      good: `
import torch

_first = []


def noise(scale: float = 1.0) -> float:
    sample = torch.ones(2048, 1024) * scale
    _first.append(sample[0].clone())
    del _first[:-20]
    return float(sample.sum())
`,
      needs: 'torch',
    },
    {
      bad: `
import numpy as np
import pandas as pd

_layouts = []


def lay_out(value: float = 1.0) -> int:
    table = pd.DataFrame({"value": np.full(500_000, value)})
    _layouts.append(table.iloc[:0])
    del _layouts[:-50]
    return len(table)
`,
      good: `
import numpy as np
import pandas as pd

_layouts = []


def lay_out(value: float = 1.0) -> int:
    table = pd.DataFrame({"value": np.full(500_000, value)})
    _layouts.append(table.iloc[:0].copy())
    del _layouts[:-50]
    return len(table)
`,
      needs: 'pandas',
    },
  ],
  links: [
    'https://numpy.org/doc/stable/user/basics.copies.html',
    'https://docs.pytorch.org/docs/stable/notes/serialization.html#saving-and-loading-tensors-preserves-views',
  ],
  check(file, report) {
    if (!['numpy', 'torch', 'cv2', 'pandas'].some((library) => importsLibrary(file, library))) return;
    const kept = [...keepings(file).filter((keeping) => isLasting(file, keeping)), ...cachedResults(file)];
    const views = kept.flatMap((keeping) => {
      const view = partialView(file, keeping.part);
      return view && isLarge(view) ? [{ keeping, view }] : [];
    });
    const usage = usageOf(file);
    const parts = new Map<Node, number>();
    for (const { view } of views) parts.set(view.maker, (parts.get(view.maker) ?? 0) + 1);
    for (const { keeping, view } of views) {
      if (parts.get(view.maker) !== 1 || !pinsOneArrayEach(keeping, view) || usage.isKeptWhole(view))
        continue;
      report(hitOf(file, keeping, view, usage));
    }
    for (const saved of savedSlices(file, usage)) report(saved);
    for (const empty of emptySlices(file, new Set(views.map(({ view }) => view.slice)))) report(empty);
  },
});

/** Whether what is stored outlives the call, in something that holds it: an array copies what is assigned to a part. */
function isLasting(file: FileFacts, { part, span, how, holder }: Keeping): boolean {
  if (span === 'call' || !holder) return span !== 'call';
  if (how === '[]=') return file.places.container(holder) !== undefined;
  const isName = holder.root instanceof Binding && holder.path === '';
  if (how !== '=' || !isName) return true;
  return span === 'process' && file.functionAround(part) !== undefined;
}

/** What cached functions return is kept by their cache. */
function cachedResults(file: FileFacts): Keeping[] {
  const cached = new Set(functionCaches(file).map((cache) => cache.cached.scope));
  return file.nodes('return_statement').flatMap((node) => {
    const [part] = node.children;
    if (!part || !cached.has(file.scopes.at(node))) return [];
    return [{ part, node, holder: undefined, how: 'return', key: undefined, span: 'process' as const }];
  });
}

function isLarge({ array }: View): boolean {
  return array.elements === undefined || array.elements >= SMALL;
}

/** Whether each slice that is stored has an array of its own; else they may share the memory they cover. */
function pinsOneArrayEach({ node, span, how }: Keeping, { maker, slice }: View): boolean {
  if (how === 'element') return node.contains(maker);
  const loops = loopsAround(slice);
  if (!loops.every((loop) => loop.contains(maker))) return false;
  return span !== 'result' || loops.length > 0;
}

function hitOf(file: FileFacts, keeping: Keeping, view: View, usage: Usage): Hit {
  const symbol = file.symbolAt(keeping.node);
  const [holder, who] = keeping.holder
    ? [keeping.holder.label, keeping.holder.label]
    : [symbol, `The ${keeping.how === 'return' ? 'cache' : 'result'} of ${symbol}`];
  const target = file.drivable(view.slice);
  const keys = keeping.how === '[]=' ? parametersBehind(file, keeping.key) : [];
  const own = new Set(target?.parameters.map(({ name }) => name));
  const vary = keeping.how === 'return' ? own : keys.map(({ name }) => name).filter((name) => own.has(name));
  return {
    anchor: keeping.node,
    message: `\`${who}\` keeps all of \`${view.base.text}\` in memory: \`${view.slice.text}\` is a view of it, not a copy`,
    holder,
    payload: `the whole array behind ${view.slice.text}`,
    confidence: 'medium',
    fix: copyFix(file, keeping.part, view, usage),
    ...(target ? { probe: { target: target.qualname, vary: [...vary] } } : {}),
  };
}

function copyFix(file: FileFacts, part: Node, view: View, usage: Usage): ProposedFix {
  const copy = view.array.library === 'torch' ? '.clone()' : '.copy()';
  // Who writes to the array later may mean to change the slice too.
  const isPlain = part === view.slice && !usage.isWrittenAfter(view, part);
  return {
    title: `Keep a copy of the part with \`${copy}\``,
    safety: isPlain ? 'safe' : 'review',
    edits: [insertAfter(file, part, copy)],
  };
}

/** `torch.save(batch[0], path)` writes all of `batch`. */
function savedSlices(file: FileFacts, usage: Usage): Hit[] {
  return file.nodes('call').flatMap((call) => {
    const [saved] = file.names.callee(call) === 'torch.save' ? positionalArguments(call) : [];
    const view = partialView(file, saved);
    const given = view ? undefined : givenSlice(file, call, saved);
    if (given) return [given];
    if (!saved || view?.array.library !== 'torch' || !isLarge(view)) return [];
    const { slice, base } = view;
    return [
      {
        anchor: call,
        message: `\`torch.save\` writes all of \`${base.text}\`, not just \`${slice.text}\`: a slice shares the memory of the whole`,
        holder: 'torch.save',
        payload: `the whole tensor behind ${slice.text}`,
        fix: copyFix(file, saved, view, usage),
      },
    ];
  });
}

/** `torch.save(x[:10], path)` of a parameter, which may be a tensor. */
function givenSlice(file: FileFacts, call: Node, saved: Node | undefined): Hit | undefined {
  const base = saved?.type === 'subscript' ? saved.child('value') : undefined;
  const binding = base?.type === 'identifier' ? file.binding(base) : undefined;
  const index = saved?.child('subscript');
  if (!saved || !binding?.isParameter || index?.type !== 'slice' || !sliceParts(index).stop) return undefined;
  return {
    anchor: call,
    message: `\`torch.save\` writes all of \`${binding.name}\` if it is a tensor, not just \`${saved.text}\`: a slice shares the memory of the whole`,
    holder: 'torch.save',
    payload: `the whole tensor behind ${saved.text}`,
    confidence: 'low',
    fix: {
      title: 'Save a copy of the part with `.clone()`',
      safety: 'review',
      edits: [replaceNode(file, saved, `${saved.text}.clone()`)],
    },
  };
}

const TEMPLATE = /meta|empty|schema|template|proto|like|dtypes|columns|skeleton|blank/i;

/** `return frame.iloc[:0]`: a table without rows, kept for its columns, that holds all rows of the other one. */
function emptySlices(file: FileFacts, known: ReadonlySet<Node>): Hit[] {
  return file.nodes('subscript').flatMap((slice) => {
    const base = slice.child('value');
    const isEmpty = /^0?:0$/.test(slice.child('subscript')?.text ?? '');
    if (!isEmpty || !base || known.has(slice)) return [];
    const table = base.child('object');
    const isNamed = table?.type === 'identifier' || table?.type === 'attribute';
    if (!isNamed || /head|sample|meta|empty/i.test(table.text) || slice.parent?.type === 'argument_list')
      return [];
    if (base.type !== 'attribute' || !/^(iloc|values)$/.test(base.child('attribute')?.text ?? '')) return [];
    const span = spanOf(file, slice);
    const around = file.functionAround(slice);
    if (span === 'call' || span === 'caller' || !around) return [];
    // What is given back on the way out may be gone soon; a function for it is meant to be kept.
    const statements = around.node.child('body')?.children.length ?? 0;
    const isTemplate = span !== 'result' || TEMPLATE.test(around.name) || statements <= 2;
    return [
      {
        anchor: slice,
        message: `\`${slice.text}\` has no rows and still keeps all of \`${table.text}\` in memory: it is a view of it`,
        holder: around.qualname,
        payload: `the whole table behind ${slice.text}`,
        confidence: isTemplate ? 'medium' : 'low',
        fix: {
          title: 'Copy the empty table with `.copy()`',
          safety: 'safe',
          edits: [insertAfter(file, slice, '.copy()')],
        },
        probe: { target: (file.drivable(slice) ?? around).qualname },
      },
    ];
  });
}
