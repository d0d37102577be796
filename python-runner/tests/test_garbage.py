"""Cycles are found, named and told apart from those that class statements make."""

from __future__ import annotations

import gc
import os
import time
import unittest
from typing import Any, Callable

from leakcheck_probe.calls import Calls
from leakcheck_probe.garbage import Survey, survey

HERE = os.path.dirname(os.path.abspath(__file__))


class Node:
    def __init__(self, parent: Any = None) -> None:
        self.parent = parent
        self.children: "list[Node]" = []
        if parent is not None:
            parent.children.append(self)


class Slotted:
    __slots__ = ("other",)


def surveyed(run: Callable[[int], object], root: str = HERE) -> Survey:
    gc.collect()
    return survey(Calls(run, time.monotonic() + 5), 3, root)


class Surveys(unittest.TestCase):
    def test_a_tree_with_back_references(self) -> None:
        found = surveyed(lambda _: Node(Node()) and None)
        self.assertIn(
            found.cycles[0].path, ("Node.children[*] -> Node.parent -> Node", "Node.parent -> Node.children[*] -> Node")
        )
        self.assertTrue(found.own)
        self.assertFalse(found.only_classes)

    def test_slots(self) -> None:
        def run(_: int) -> None:
            one, two = Slotted(), Slotted()
            one.other, two.other = two, one  # type: ignore[attr-defined]

        self.assertEqual(surveyed(run).cycles[0].path, "Slotted.other -> Slotted.other -> Slotted")

    def test_a_recursive_closure(self) -> None:
        def run(_: int) -> None:
            def walk(n: int) -> int:
                return walk(n - 1) if n else 0

            walk(2)

        self.assertEqual(surveyed(run).cycles[0].path, "walk().<closure walk> -> walk()")

    def test_an_exception_that_its_own_frame_keeps(self) -> None:
        found = surveyed(fails)
        self.assertIn("KeyError.__traceback__", found.cycles[0].path)
        self.assertTrue(found.own)

    def test_a_plain_list(self) -> None:
        def run(_: int) -> None:
            kept: "list[Any]" = []
            kept.append(kept)

        found = surveyed(run)
        self.assertEqual(found.cycles[0].path, "list[*] -> list")
        self.assertTrue(found.own)

    def test_classes_only(self) -> None:
        found = surveyed(lambda _: type("Row", (), {"total": lambda self: 1}) and None)
        self.assertEqual((found.cycles, found.own, found.only_classes), ([], False, True))

    def test_cycles_of_others(self) -> None:
        found = surveyed(lambda _: Node(Node()) and None, root="/no/such/tree")
        self.assertTrue(found.cycles)
        self.assertFalse(found.own)

    def test_nothing(self) -> None:
        found = surveyed(lambda _: [1])
        self.assertEqual((found.cycles, found.own, found.only_classes), ([], False, False))

    def test_nothing_is_left_behind(self) -> None:
        before = len(gc.garbage)
        surveyed(lambda _: Node(Node()) and None)
        self.assertEqual(len(gc.garbage), before)
        self.assertEqual(gc.get_debug(), 0)

    def test_a_long_chain_needs_no_recursion(self) -> None:
        def run(_: int) -> None:
            first = node = Node()
            for _ in range(5000):
                node = Node(node)
            first.parent = node

        self.assertTrue(surveyed(run).cycles)


def fails(_: int) -> None:
    kept = None
    try:
        raise KeyError("x")
    except KeyError as error:
        kept = error
    assert kept


if __name__ == "__main__":
    unittest.main()
