"""The counters read what they say they read, in fresh processes with the allocator settings of a worker."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest

from leakcheck_probe import counters

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")


def run_python(code: str, exact: bool = True) -> str:
    variables = {**os.environ, "PYTHONPATH": SOURCE, **(counters.EXACT_ALLOCATOR if exact else {})}
    if not exact:
        variables.pop("PYTHONMALLOC", None)
    done = subprocess.run([sys.executable, "-c", code], env=variables, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip()


class Counters(unittest.TestCase):
    def setUp(self) -> None:
        if counters._ACCOUNT is None:
            self.skipTest("this libc has no mallinfo2")

    def test_a_block_is_counted_while_it_lives(self) -> None:
        code = (
            "from leakcheck_probe import counters; read, name = counters.bytes_counter(); read(); a = read(); "
            "x = bytearray(100_000); b = read(); y = bytearray(10_000_000); c = read(); del x, y; d = read(); "
            "print(b - a, c - b, d - a, name)"
        )
        small, large, after, name = run_python(code).split(" ", 3)
        self.assertAlmostEqual(int(small), 100_000, delta=1000)
        self.assertAlmostEqual(int(large), 10_000_000, delta=8192)
        self.assertLess(abs(int(after)), 1000)
        self.assertEqual(name, counters.GLIBC_COUNTER)

    def test_memory_of_c_libraries_is_counted(self) -> None:
        code = (
            "import ctypes; from leakcheck_probe import counters; read, _ = counters.bytes_counter(); "
            "malloc = ctypes.CDLL(None).malloc; malloc.restype = ctypes.c_void_p; malloc(8); a = read(); "
            "p = malloc(50_000); print(read() - a)"
        )
        self.assertAlmostEqual(int(run_python(code)), 50_000, delta=400)

    def test_without_malloc_python_is_traced(self) -> None:
        code = (
            "from leakcheck_probe import counters; read, name = counters.bytes_counter(); a = read(); "
            "x = bytearray(100_000); print(read() - a >= 100_000, name)"
        )
        self.assertEqual(run_python(code, exact=False), f"True {counters.TRACED_COUNTER}")

    def test_new_objects_since_the_freeze(self) -> None:
        code = (
            "import gc; from leakcheck_probe import counters; gc.disable(); counters.freeze(); "
            "a = counters.new_objects(); x = [[] for _ in range(10)]; print(counters.new_objects() - a)"
        )
        self.assertEqual(run_python(code), "11")

    def test_the_account_of_the_production_allocators(self) -> None:
        code = (
            "from leakcheck_probe import counters as c; c.allocator_account(); a = c.allocator_account(); "
            "x = [(i, -i) for i in range(300, 100_300)]; b = c.allocator_account(); del x; d = c.allocator_account(); "
            "print(b.in_use - a.in_use, d.in_use - a.in_use, d.arenas - a.arenas)"
        )
        used, after, arenas = map(int, run_python(code, exact=False).split())
        self.assertGreater(used, 100_000 * 56)
        self.assertLess(abs(after), 200_000)
        self.assertGreaterEqual(arenas, 0)

    def test_resident_memory(self) -> None:
        code = (
            "from leakcheck_probe import counters as c; a = c.resident_bytes(); x = bytearray(b'x' * 20_000_000); "
            "print(c.resident_bytes() - a)"
        )
        self.assertAlmostEqual(int(run_python(code)), 20_000_000, delta=2_000_000)
        self.assertEqual(counters.resident_bytes("999999999"), 0)


if __name__ == "__main__":
    unittest.main()
