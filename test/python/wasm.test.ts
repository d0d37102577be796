import { expect, test } from 'vitest';
import { createWasmBackend } from '../../src/python/backends/wasm.ts';

test('parsers that are made at the same time share the grammar and stay apart', async () => {
  const backends = await Promise.all(Array.from({ length: 4 }, createWasmBackend));

  const errors = backends.map((backend) =>
    backend.visit('def f(x):\n    return [x]\n'.repeat(200), (_, hasError) => hasError),
  );

  expect(errors).toEqual([false, false, false, false]);
});
