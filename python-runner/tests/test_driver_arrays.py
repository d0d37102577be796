"""Small arrays and tensors are made for targets that load the libraries themselves."""

from __future__ import annotations

import importlib.util
import os
import sys
import unittest

from leakcheck_probe.driver import Request, candidates
from leakcheck_probe.paths import Snapshot, retaining_paths

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "driver_cases")


def first(qualname, **options):
    return candidates(Request(ROOT, "learning/steps.py", qualname, **options))[0]


@unittest.skipUnless(importlib.util.find_spec("numpy"), "numpy is not installed")
class Arrays(unittest.TestCase):
    def test_annotated_and_named(self):
        self.assertEqual(first("scale", vary=("array",)).run(4).shape, (4, 3))
        self.assertEqual(first("scale", vary=("array",)).varied, ("array",))
        self.assertEqual((first("centre").run(0).sum(), first("centre").stubs), (0, ()))


@unittest.skipUnless(importlib.util.find_spec("numpy") and importlib.util.find_spec("torch"), "torch is not installed")
class Tensors(unittest.TestCase):
    def test_training_step(self):
        candidate = first("train")
        self.assertEqual(candidate.stubs, ())
        candidate.run(0)
        before = Snapshot(ROOT)
        for index in range(20):
            candidate.run(index)
        paths = retaining_paths(before, Snapshot(ROOT, None, before), 20)
        self.assertEqual([(path.path, path.count) for path in paths], [("learning.steps.losses[*] -> Tensor", 40)])

    def test_summed_losses_keep_the_graph(self):
        candidate = first("Total.add")
        candidate.run(0)
        before = Snapshot(ROOT, candidate.roots())
        for index in range(20):
            candidate.run(index)
        (path,) = retaining_paths(before, Snapshot(ROOT, candidate.roots(), before), 20)
        self.assertRegex(path.path, r"^learning\.steps\.Total\(\)\.value\.grad_fn\.next_functions\[\*\] -> \w+$")

    def test_annotated(self):
        self.assertAlmostEqual(float(first("normalise").run(0).sum()), 1.0, places=5)


class NotLoaded(unittest.TestCase):
    def test_the_driver_imports_none_of_them(self):
        import subprocess

        code = "import sys, leakcheck_probe.driver, leakcheck_probe.paths; print({'numpy', 'torch', 'pandas'} & set(sys.modules))"
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        )
        self.assertEqual(done.stdout.strip(), b"set()")


if __name__ == "__main__":
    unittest.main()
