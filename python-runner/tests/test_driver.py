"""Which calls the driver finds, what they return, and that they keep nothing."""

from __future__ import annotations

import ast
import gc
import os
import sys
import unittest

from leakcheck_probe.driver import NoDriver, Request, TargetMissing, candidates

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "driver_cases")
FILE = "shop/driven.py"


def found(qualname, **options):
    return candidates(Request(ROOT, FILE, qualname, **options))


def first(qualname, **options):
    return found(qualname, **options)[0]


class Calls(unittest.TestCase):
    """Target, text of the call, value that comes back."""

    EXPECTED = [
        ("greet", "greet('key')", "hello key"),
        ("shout", "shout('key')", "KEY"),
        ("command", "command(3)", 3),
        ("outer.<locals>.inner", "outer(3)", 3),
        ("outer", "outer(3)", 3),
        ("numbers", "numbers(3)", (3, 2)),
        ("endless", "endless()", (10_000, 10_000)),
        ("coroutine", "coroutine(3)", 3),
        ("stream", "stream(3)", (3, 2)),
        ("starts_task", "starts_task()", 3),
        ("no_arguments", "no_arguments()", 1),
        ("Store.size", "Store(Path('sample.txt')).size", 0),
        ("Store.first", "Store(Path('sample.txt')).first", [1]),
        ("Store.join", "Store.join(3, 3)", 6),
        ("Store.fetch", "Store(Path('sample.txt')).fetch(3)", 3),
        ("Store.load", "Store(Path('sample.txt')).load('key')", ["key"]),
        ("Store.Row.total", "Store.Row().total([1, 2, 3])", 6),
        ("Store.__secret", "Store(Path('sample.txt'))._Store__secret()", 1),
        ("Store.needs_entering", "Store(Path('sample.txt')).needs_entering()", True),
        ("Store.merge", "Store(Path('sample.txt')).merge(Store(Path('sample.txt')))", []),
        ("Shape.describe", "Shape(3).describe()", "3 True"),
        ("Link.send", "x = Link('key'); x.open(3); x.send('key')", 6),
        ("Channel.count", "Channel().count()", 1),
        ("memoised.<locals>.wrapper", None, None),
        ("frequencies", "frequencies('a - 3,1.5')", "a 4.5"),
        ("totals", None, {"KEY": 18}),
        ("stage", "stage('first')", 1),
        ("colour_of", "colour_of(SimpleNamespace(kind='red', size=3))", "red-4"),
        ("columns", None, 28.0),
        ("named", None, None),
        ("used", None, "key"),
        ("typed", None, 3),
    ]

    def test_all(self):
        for qualname, text, value in self.EXPECTED:
            with self.subTest(qualname):
                candidate = first(qualname)
                trial = candidate.try_out(None)
                self.assertTrue(trial.returned and trial.reached and not trial.raised, trial)
                if text is not None:
                    self.assertEqual(candidate.call, text)
                if value is not None:
                    self.assertEqual(candidate.run(0), value)

    def test_instances_are_constructed(self):
        for qualname in ("Store", "Store.__init__", "Store.open"):
            self.assertEqual(type(first(qualname).run(0)).__name__, "Store")

    def test_context_managers_are_entered_and_left(self):
        self.assertEqual(first("opened").run(0), "key")

    def test_parameters_that_may_be_left_out_are_filled_when_one_is_needed(self):
        self.assertIn("left=", first("either").call)

    def test_what_the_target_returns_is_called_for_the_flagged_lines(self):
        with open(os.path.join(ROOT, FILE)) as stream:
            line = next(n for n, text in enumerate(stream, 1) if "cache[key] =" in text)
        shared = first("memoised", lines=(line, line), vary=("key",))
        self.assertEqual((shared.instance, shared.varied), ("shared", ("key",)))
        start = shared.run(0)
        self.assertEqual([shared.run(index) for index in range(1, 4)], [start + 1, start + 2, start + 3])

    def test_no_stub_where_a_value_is_known(self):
        for qualname in ("typed", "named", "greet", "Store.add"):
            self.assertEqual(first(qualname).stubs, ())

    def test_stub_for_what_nobody_can_build(self):
        candidate = first("needs_object")
        self.assertEqual(candidate.stubs, ("thing",))
        self.assertEqual(candidate.call, "needs_object(stub)")

    def test_instance_without_its_constructor_is_the_last_resort(self):
        candidate = first("Unbuildable.read")
        self.assertEqual(candidate.stubs, ("self",))
        self.assertEqual([candidate.run(index) for index in range(3)], [3, 3, 3])
        (kept,) = [value for name, value in candidate.roots().items() if name != "<event loop>"]
        self.assertGreaterEqual(len(kept.rows), 3)
        self.assertNotIn("self", first("Store.add").stubs)


class Callers(unittest.TestCase):
    """Arguments that only callers know: the same file, examples of doc strings, tests."""

    EXPECTED = [
        ("secret", "secret('open sesame')", 11),
        ("documented", "documented(words[::-1])", "fast"),
        ("stamped", "stamped(Ticket('AB'))", "AB!"),
        ("tested", "tested('aaa', 4200)", 4200),
        ("Ticket", "Ticket('AB')", None),
    ]

    def test_all(self):
        for qualname, text, value in self.EXPECTED:
            with self.subTest(qualname):
                candidate = candidates(Request(ROOT, "shop/called.py", qualname))[0]
                self.assertEqual((candidate.call, candidate.stubs), (text, ()))
                if value is not None:
                    self.assertEqual([candidate.run(0), candidate.run(1)], [value, value])


class Extracted(unittest.TestCase):
    def line(self, text):
        with open(os.path.join(ROOT, "shop/script.py")) as stream:
            return next((n, n) for n, line in enumerate(stream, 1) if text in line)

    def test_block_of_a_script(self):
        lines = self.line("_seen.append(row)")
        (candidate,) = candidates(Request(ROOT, "shop/script.py", "<module>", lines=lines))
        self.assertEqual((candidate.kind, candidate.stubs), ("script", ()))
        self.assertEqual(candidate.call, "lines 20-23 of script.py, extracted into a function")
        before = len(sys.modules["shop.script"]._seen)
        self.assertTrue(candidate.try_out(lines, attempts=2).reached)
        self.assertEqual(len(sys.modules["shop.script"]._seen), before + 6)
        self.assertFalse(hasattr(sys.modules["shop.script"], "rows"))

    def test_whole_script_where_the_import_runs_the_line(self):
        (candidate,) = candidates(Request(ROOT, "shop/script.py", "<module>", lines=(3, 3)))
        self.assertIn("run_path", candidate.call)

    def test_function_that_is_kept_instead_of_returned(self):
        lines = self.line("_seen.append((name, event))")
        candidate = candidates(Request(ROOT, "shop/script.py", "register", lines=lines))[0]
        self.assertEqual(candidate.instance, "shared")
        self.assertTrue(candidate.try_out(lines).reached)


class Instances(unittest.TestCase):
    def test_shared_first_then_fresh(self):
        shared, fresh = found("Store.add")
        self.assertEqual((shared.instance, fresh.instance), ("shared", "fresh"))
        self.assertEqual([fresh.run(index) for index in range(3)], [1, 1, 1])
        start = shared.run(0)
        self.assertEqual([shared.run(index) for index in range(3)], [start + 1, start + 2, start + 3])

    def test_functions_have_none(self):
        self.assertEqual([c.instance for c in found("greet")], ["none"])

    def test_shared_instance_is_a_root_for_paths(self):
        shared = first("Store.add")
        shared.run(0)
        self.assertEqual(
            [type(value).__name__ for name, value in shared.roots().items() if "Store()" in name], ["Store"]
        )


class Varying(unittest.TestCase):
    def test_named_parameter_differs_each_time(self):
        candidate = first("cached", vary=("key",))
        self.assertEqual(candidate.varied, ("key",))
        values = [candidate.run(index)[0] for index in range(500)]
        self.assertEqual(len(set(values)), 500)
        self.assertEqual(len({len(value) for value in values}), 1)

    def test_nothing_varies_unasked(self):
        candidate = first("cached")
        self.assertEqual(candidate.varied, ())
        self.assertIs(candidate.run(0), candidate.run(1))

    def test_what_cannot_vary_is_left_out(self):
        candidate = first("typed", vary=("flag", "number", "colour", "nobody", "path", "point"))
        paths_vary = sys.version_info[:2] != (3, 12)
        self.assertEqual(candidate.varied, ("number", "point", "path") if paths_vary else ("number", "point"))
        self.assertEqual([candidate.run(index) for index in range(3)], [1004, 1005, 1006])

    def test_default_is_replaced_when_it_shall_vary(self):
        self.assertEqual(first("Store", vary=("limit",)).varied, ("limit",))


class Search(unittest.TestCase):
    def test_flagged_lines_are_looked_for(self):
        with open(os.path.join(ROOT, FILE)) as stream:
            line = next(n for n, text in enumerate(stream, 1) if 'return "reached"' in text)
        candidate = first("picky", lines=(line, line))
        self.assertEqual(candidate.run(0), "reached")
        self.assertTrue(candidate.try_out((line, line)).reached)

    def test_a_line_that_no_argument_reaches(self):
        with open(os.path.join(ROOT, FILE)) as stream:
            line = next(n for n, text in enumerate(stream, 1) if 'return "reached"' in text)
        trial = first("greet").try_out((line, line))
        self.assertTrue(trial.returned)
        self.assertFalse(trial.reached)

    def test_definition_line_counts_when_the_function_was_entered(self):
        with open(os.path.join(ROOT, FILE)) as stream:
            line = next(n for n, text in enumerate(stream, 1) if "def cached" in text)
        for flagged in ((line - 1, line - 1), (line, line)):
            self.assertTrue(first("cached", vary=("key",)).try_out(flagged).reached)

    def test_all_raise(self):
        with self.assertRaises(NoDriver) as caught:
            found("raises_always")
        self.assertIn("RuntimeError: on purpose", str(caught.exception))
        lines = caught.exception.suggested_driver.splitlines()
        ast.parse(caught.exception.suggested_driver)
        self.assertTrue(5 <= len(lines) <= 8, lines)
        self.assertIn("def leakcheck_probe_raises_always():", lines)

    def test_exit_is_an_error_of_the_target(self):
        with self.assertRaisesRegex(NoDriver, "SystemExit"):
            found("exits")

    def test_call_that_does_not_end_is_broken_off_and_kept(self):
        candidate = first("never_ends")
        trial = candidate.try_out(None, attempts=1, seconds=0.2)
        self.assertTrue(trial.unfinished and trial.reached and not trial.returned)

    def test_choice_repeats_without_calling(self):
        for qualname in ("typed", "Store.add", "coroutine", "Unbuildable.read", "columns"):
            for candidate in found(qualname, vary=("key",)):
                again = found(qualname, vary=("key",), choice=candidate.key)
                self.assertEqual([c.key for c in again], [candidate.key])
                self.assertEqual(again[0].roots().keys() - {"<event loop>"}, set())

    def test_choice_that_does_not_fit_is_searched_anew(self):
        key = first("greet").key
        self.assertEqual(first("Store.add", choice=key).call, first("Store.add").call)
        self.assertEqual(first("greet", choice="nonsense").call, "greet('key')")

    def test_search_leaves_no_tracer_and_no_timer(self):
        import signal

        before = sys.gettrace()
        first("typed")
        self.assertIs(sys.gettrace(), before)
        self.assertEqual(signal.getitimer(signal.ITIMER_REAL)[0], 0)


class Declared(unittest.TestCase):
    def test_by_request(self):
        candidate = first("typed", declared="probes.py::probe_typed")
        self.assertEqual((candidate.kind, candidate.run(7)), ("declared", 8))
        self.assertEqual(first("typed", declared="probes.py::probe_async").run(0), "later")

    def test_by_name_beside_the_target(self):
        candidate = first("declared_target")
        self.assertEqual((candidate.kind, candidate.run(0)), ("declared", "declared"))

    def test_by_mark(self):
        self.assertEqual((first("marked").kind, first("no_arguments").kind), ("declared", "synthesised"))

    def test_mistakes_are_named(self):
        for declared, text in (
            ("probes.py::nothing", "no name 'nothing'"),
            ("gone.py::x", "gone.py is not in the tree"),
            ("x", "FILE::FUNCTION"),
        ):
            with self.subTest(declared), self.assertRaisesRegex(TargetMissing, text):
                found("typed", declared=declared)
        with self.assertRaisesRegex(NoDriver, "takes 2 arguments"):
            found("typed", declared="probes.py::probe_greedy")


def settle():
    """The interpreter's own caches are not the driver's."""
    getattr(sys, "_clear_internal_caches", sys._clear_type_cache)()
    gc.collect()


class Flat(unittest.TestCase):
    """The calls themselves keep nothing: no object and no memory block more after 2,000 of them."""

    TARGETS = ("typed", "greet", "Store.load", "Store.join", "Store.open", "numbers", "coroutine", "stream", "starts_task",
               "needs_object", "Store.merge", "Shape.describe", "Unbuildable")  # fmt: skip

    def test_all(self):
        for qualname in self.TARGETS[:-1]:
            for vary in ((), ("path", "number", "name", "a", "n")):
                for candidate in found(qualname, vary=vary)[-1:]:
                    if qualname == "Store.load":
                        candidate = found(qualname)[0]
                    with self.subTest(qualname, vary=candidate.varied):
                        objects, blocks = self.kept(candidate)
                        self.assertLessEqual(objects, 1)
                        self.assertLessEqual(blocks, 25)

    @staticmethod
    def kept(candidate, calls=2000):
        """Objects and blocks that one window of calls left behind; the smaller of two, as the first may fill free lists."""
        for index in range(50):
            candidate.run(index)
        windows = []
        settle()
        gc.disable()
        try:
            for window in (1, 2):
                objects, blocks = len(gc.get_objects()), sys.getallocatedblocks()
                for index in range(window * calls, (window + 1) * calls):
                    candidate.run(index)
                settle()
                windows.append((len(gc.get_objects()) - objects, sys.getallocatedblocks() - blocks))
                if windows[-1][0] <= 1 and windows[-1][1] <= 25:
                    break
        finally:
            gc.enable()
        return min(window[0] for window in windows), min(window[1] for window in windows)


if __name__ == "__main__":
    unittest.main()
