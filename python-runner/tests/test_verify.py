"""What is concluded from the runs of a fix, as tables."""

from __future__ import annotations

import unittest
from typing import Optional

from leakcheck_probe.digest import Digest
from leakcheck_probe.jobs import Answer, Failure, Value
from leakcheck_probe.report import Measurement
from leakcheck_probe.verify import compare, gone

LEAK = Measurement("leak", "1 KiB stayed per call")


class Gone(unittest.TestCase):
    def status(self, again: Answer) -> Optional[str]:
        fix = gone(LEAK, again)
        return fix.status if fix else None

    def test_the_leak_comes_back_without_the_fix(self) -> None:
        self.assertIsNone(self.status(Answer(measurement=LEAK)))

    def test_it_does_not(self) -> None:
        clean = Measurement("clean", "Nothing stayed")
        self.assertEqual(self.status(Answer(measurement=clean)), "not-verified")

    def test_no_answer_says_nothing(self) -> None:
        self.assertIsNone(self.status(Answer(failure=Failure("time", "late"))))
        self.assertIsNone(self.status(Answer(measurement=Measurement("inconclusive", "few calls"))))


class Compared(unittest.TestCase):
    def value(self, returned: object, *arguments: object) -> Value:
        digest = Digest()
        digest.add(returned)
        digest.add_arguments(list(arguments))
        return digest.value()

    def same(self, before: Value, after: Value) -> bool:
        return compare([before], [after])[0]

    def test_equal(self) -> None:
        self.assertTrue(self.same(self.value(1, [1], {"a": 2}), self.value(1, [1], {"a": 2})))

    def test_other_return_value(self) -> None:
        self.assertFalse(self.same(self.value(1, [1]), self.value(2, [1])))

    def test_other_arguments(self) -> None:
        self.assertFalse(self.same(self.value(1, [1]), self.value(1, [1, 1])))
        self.assertFalse(self.same(self.value(1, bytearray(b"a")), self.value(1, bytearray())))

    def test_arguments_that_no_call_can_change_do_not_count(self) -> None:
        self.assertTrue(self.same(self.value(1, "a", (1,)), self.value(1, "b", (2,))))

    def test_objects_in_arguments_do_not_weaken_what_is_said_of_return_values(self) -> None:
        self.assertEqual(self.value(1, [object()]).compared, "return values")


if __name__ == "__main__":
    unittest.main()
