import { expect, test, vi } from 'vitest';
import { Parser } from 'web-tree-sitter';
import { createWasmBackend } from '../../src/python/backends/wasm.ts';

// Two modules in one process free each other's parsers: "memory access out of bounds" when one is collected.
test('parsers that are made at the same time share one WebAssembly module', async () => {
  const init = vi.spyOn(Parser, 'init');

  const backends = await Promise.all(Array.from({ length: 4 }, createWasmBackend));

  expect(init).toHaveBeenCalledTimes(1);
  for (const backend of backends)
    expect(backend.visit('def f(x):\n    return [x]\n', (_, hasError) => hasError)).toBe(false);
});
