"""Edits, lines followed through them, and the same line in another version."""

from __future__ import annotations

import unittest

from leakcheck_probe.align import same_line
from leakcheck_probe.edits import Edit, apply_edits, map_lines
from leakcheck_probe.errors import EditError

SOURCE = "def f():\n    big = load()\n    n = len(big)\n    serve(n)\n"


class ApplyEdits(unittest.TestCase):
    def test_insert_replace_and_remove(self) -> None:
        edits = [
            Edit((4, 5), (4, 5), "del big\n    "),
            Edit((1, 5), (1, 6), "g"),
            Edit((3, 1), (4, 1), ""),
        ]
        self.assertEqual(apply_edits(SOURCE, edits), "def g():\n    big = load()\n    del big\n    serve(n)\n")

    def test_columns_are_code_points(self) -> None:
        self.assertEqual(apply_edits("a = '🦊é'; b = 1\n", [Edit((1, 12), (1, 13), "c")]), "a = '🦊é'; bc= 1\n")

    def test_only_line_feeds_end_lines(self) -> None:
        self.assertEqual(apply_edits("a\x0cb\u2028c\nd", [Edit((2, 1), (2, 2), "e")]), "a\x0cb\u2028c\ne")

    def test_at_the_very_end(self) -> None:
        self.assertEqual(apply_edits("a\n", [Edit((2, 1), (2, 1), "b\n")]), "a\nb\n")
        self.assertEqual(apply_edits("", [Edit((1, 1), (1, 1), "b")]), "b")

    def test_touching_edits_are_fine(self) -> None:
        self.assertEqual(apply_edits("abc", [Edit((1, 1), (1, 2), "x"), Edit((1, 2), (1, 3), "y")]), "xyc")

    def test_what_does_not_fit(self) -> None:
        for edit, words in (
            (Edit((9, 1), (9, 1), ""), "line 9"),
            (Edit((1, 1), (1, 99), ""), "column 99"),
            (Edit((2, 3), (2, 1), ""), "ends before"),
            (Edit((1, 0), (1, 1), ""), "column 0"),
        ):
            with self.assertRaisesRegex(EditError, words):
                apply_edits(SOURCE, [edit])
        with self.assertRaisesRegex(EditError, "overlap"):
            apply_edits(SOURCE, [Edit((1, 1), (1, 5), ""), Edit((1, 4), (1, 6), "")])


class MapLines(unittest.TestCase):
    def check(self, edit: Edit, expected: "dict[int, tuple[int, int]]") -> None:
        for line, lines in expected.items():
            self.assertEqual(map_lines(SOURCE, [edit], line, line), lines, f"line {line}")

    def test_a_statement_before_the_line(self) -> None:
        for edit in (
            Edit((4, 5), (4, 5), "del big\n    "),
            Edit((4, 1), (4, 1), "    del big\n"),
            Edit((3, 17), (3, 17), "\n    del big"),
        ):
            self.check(edit, {2: (2, 2), 3: (3, 3), 4: (5, 5)})

    def test_a_statement_after_the_line(self) -> None:
        self.check(Edit((3, 17), (3, 17), "\n    del big"), {3: (3, 3)})

    def test_a_replaced_line(self) -> None:
        self.check(Edit((4, 5), (4, 13), "del big\n    send(n - 1)"), {3: (3, 3), 4: (4, 5)})

    def test_a_replacement_that_only_inserts(self) -> None:
        self.check(Edit((4, 5), (4, 13), "del big\n    serve(n)"), {3: (3, 3), 4: (5, 5)})
        self.check(Edit((4, 5), (4, 13), "serve(n)\n    del big"), {3: (3, 3), 4: (4, 4)})

    def test_a_change_within_the_line(self) -> None:
        self.check(Edit((3, 13), (3, 16), "small"), {3: (3, 3), 4: (4, 4)})

    def test_a_removed_line(self) -> None:
        self.check(Edit((3, 1), (4, 1), ""), {2: (2, 2), 3: (3, 3), 4: (3, 3)})

    def test_a_joined_block(self) -> None:
        self.assertEqual(map_lines(SOURCE, [Edit((2, 5), (4, 13), "serve(len(load()))")], 2, 4), (2, 2))

    def test_no_edits(self) -> None:
        self.check(Edit((1, 1), (1, 1), ""), {1: (1, 1), 4: (4, 4)})


class SameLine(unittest.TestCase):
    def test_moved_changed_and_removed(self) -> None:
        other = "import os\n" + SOURCE.replace("n = len(big)", "n = size(big)")
        self.assertEqual(same_line(SOURCE, other, 4), 5)
        self.assertIsNone(same_line(SOURCE, other, 3))
        self.assertIsNone(same_line(SOURCE, "", 2))


if __name__ == "__main__":
    unittest.main()
