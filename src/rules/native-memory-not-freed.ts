import type { Call } from '../facts/syntax/calls.ts';
import { fateOf } from '../facts/places/fates.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Memory of a C library that Python asked for, and that nothing gives back. */
export default defineRule({
  id: 'native-memory-not-freed',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'Memory from a C library that nothing frees',
  why:
    'What `malloc` and its kin return through `ctypes` or `cffi` is a plain number to Python: when the number is gone the ' +
    'memory stays. `tracemalloc` and the garbage collector see none of it.',
  remedy:
    'Call the matching `free` in a `finally`. With cffi, let `ffi.gc(pointer, lib.free)` or `ffi.new(…)` do it; with ctypes, ' +
    'let Python own the buffer: `ctypes.create_string_buffer(size)`, or `weakref.finalize(self, libc.free, pointer)`.',
  notWhen: [
    'Something in the file frees memory of a library.',
    'A finaliser is attached: `ffi.gc`, `weakref.finalize`.',
    'The file uses neither ctypes nor cffi.',
    'It is allocated once, while modules are imported.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]


class Frames:
    def __init__(self) -> None:
        self.pointers = []

    def frame(self, size: int = 4096) -> int:
        self.pointers.append(ctypes.c_void_p(libc.malloc(size)))
        return len(self.pointers)
`,
      good: `
import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]


class Frames:
    def frame(self, size: int = 4096) -> int:
        pointer = libc.malloc(size)
        try:
            return pointer
        finally:
            libc.free(pointer)
`,
    },
  ],
  links: ['https://cffi.readthedocs.io/en/stable/ref.html#ffi-gc'],
  check(file, report) {
    if (!/\b(ctypes|cffi|ffi)\b/.test(file.tree.source)) return;
    for (const call of allocations(file)) {
      const { node, name } = call;
      const target = file.drivable(node);
      if (!target || frequencyOf(file, node) === 'once' || frees(file, node)) continue;
      const fate = fateOf(file, node, FREES);
      if (fate.how === 'closed') continue;
      report({
        anchor: node,
        message: `\`${name}\` gives memory of the C library, and nothing in this file frees it: Python never does`,
        holder: holderOf(node, fate),
        payload: 'memory of the C heap',
        confidence: fate.how === 'handed-on' && node.parent?.type === 'return_statement' ? 'low' : 'medium',
        probe: { target: target.qualname },
      });
    }
  },
});

const FREES = new Set(['free', 'release']);
const ALLOCATORS = [
  'malloc',
  'calloc',
  'realloc',
  'strdup',
  'strndup',
  'aligned_alloc',
  'memalign',
  'PyMem_Malloc',
  'PyMem_RawMalloc',
  'PyObject_Malloc',
  'cudaMalloc',
  'cudaMallocHost',
  'av_malloc',
  'LocalAlloc',
  'GlobalAlloc',
  'VirtualAlloc',
];

/** Calls of a library's functions: of `libc.malloc`, `lib.strdup`, and of `malloc = libc.malloc`. */
function allocations(file: FileFacts): Call[] {
  return file.calls.named(...ALLOCATORS).filter(({ node, receiver }) => {
    const callee = node.child('function');
    const value = callee?.type === 'identifier' ? file.binding(callee)?.only?.value : undefined;
    return receiver !== undefined || value?.type === 'attribute';
  });
}

/** `libc.free(…)`, `ffi.gc(…)`, `weakref.finalize(…)`, also handed on: anything that may give it back. */
function frees(file: FileFacts, allocation: Node): boolean {
  const pairs = /^(cuda|av_)/.exec(allocation.child('function')?.child('attribute')?.text ?? '')?.[0] ?? '';
  const source = file.tree.source;
  if (/\b\w*\.gc\(|\bfinalize\(|\b(LocalFree|GlobalFree|VirtualFree)\b/.test(source)) return true;
  // \`libc.free.argtypes = …\` only declares it.
  return new RegExp(
    `\\b${pairs === 'cuda' ? 'cudaFree(Host)?' : '(\\w*_)?(free|Free|RawFree)'}\\b(?!\\.(argtypes|restype))`,
  ).test(source);
}

function holderOf(node: Node, fate: ReturnType<typeof fateOf>): string {
  if (fate.how === 'kept') return (fate.target.child('value') ?? fate.target).text;
  if (fate.how === 'local') return fate.binding.name;
  const target = node.parent?.type === 'assignment' ? node.parent.child('left') : undefined;
  return target?.text ?? node.child('function')?.text ?? '';
}
