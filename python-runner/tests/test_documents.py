"""The plan is read strictly; the report keeps its caps; what a worker answers is checked."""

from __future__ import annotations

import copy
import json
import os
import unittest
from typing import Any, Callable, Dict

from leakcheck_probe import documents
from leakcheck_probe.errors import InputError
from leakcheck_probe.jobs import Answer, Job
from leakcheck_probe.plan import Edit, parse_plan, read_plan
from leakcheck_probe.report import MAX_TARGET_BYTES, Allocation, Measurement, Report, Result, RetainingPath, Window

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "contract", "examples")
PLAN: Dict[str, Any] = {
    "schema": "leakcheck/plan@1",
    "limits": {"seconds": 60, "secondsPerTarget": 10.5, "megabytes": 512},
    "targets": [
        {
            "id": "a-1",
            "target": "app/cache.py::Cache.load",
            "lines": {"start": 3, "end": 4},
            "recipe": "peak",
            "vary": ["key"],
            "hold": {"line": 4, "names": ["rows"]},
            "driver": "tests/d.py::probe",
            "fix": {
                "edits": [{"range": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}}, "text": ""}]
            },
        }
    ],
}


class PlanDocument(unittest.TestCase):
    def test_a_whole_plan(self) -> None:
        plan = parse_plan(PLAN)
        target = plan.targets[0]
        self.assertEqual((plan.limits.seconds_per_target, plan.limits.megabytes), (10.5, 512))
        self.assertEqual((target.file, target.qualname, target.lines), ("app/cache.py", "Cache.load", (3, 4)))
        self.assertEqual(target.fix, (Edit((1, 1), (1, 2), ""),))

    def test_every_violation_is_one_sentence_with_its_place(self) -> None:
        def change(path: str, value: Any) -> Callable[[Dict[str, Any]], None]:
            def apply(plan: Dict[str, Any]) -> None:
                *parents, last = path.split(".")
                place: Any = plan
                for part in parents:
                    place = place[int(part)] if part.isdigit() else place[part]
                place[int(last) if last.isdigit() else last] = value

            return apply

        edit = "targets.0.fix.edits.0"
        for path, value, words in (
            ("schema", "leakcheck/plan@2", r"plan\.schema must be 'leakcheck/plan@1'"),
            ("extra", 1, "plan has the unknown key 'extra'"),
            ("limits", [], r"plan\.limits must be an object"),
            ("limits.seconds", 0, r"plan\.limits\.seconds must be a number above 0"),
            ("limits.seconds", float("inf"), r"plan\.limits\.seconds must be a number above 0"),
            ("limits.megabytes", 1.5, r"plan\.limits\.megabytes must be a whole number"),
            ("limits.megabytes", True, r"plan\.limits\.megabytes must be a whole number"),
            ("targets", {}, r"plan\.targets must be a list"),
            ("targets", PLAN["targets"] * 101, "at most 100"),
            ("targets", PLAN["targets"] * 2, r"plan\.targets\[1\]\.id 'a-1' was used by plan\.targets\[0\]"),
            ("targets.0.id", "a b", r"plan\.targets\[0\]\.id must be 1 to 64"),
            ("targets.0.target", "app/cache.py", r"plan\.targets\[0\]\.target must be FILE\.py::NAME"),
            ("targets.0.target", "../x.py::f", "relative to the root"),
            ("targets.0.target", "/etc/x.py::f", "relative to the root"),
            ("targets.0.recipe", "guess", r"plan\.targets\[0\]\.recipe must be one of growth"),
            ("targets.0.hold", None, r"plan\.targets\[0\]\.hold is missing"),
            ("targets.0.hold.names", [], r"hold\.names must name at least one local"),
            ("targets.0.lines", {"start": 4, "end": 3}, r"lines\.end must not come before"),
            ("targets.0.vary", [1], r"plan\.targets\[0\]\.vary\[0\] must be a string"),
            ("targets.0.driver", "x", r"plan\.targets\[0\]\.driver must be FILE\.py::NAME"),
            (f"{edit}.range.start.line", 0, r"edits\[0\]\.range\.start\.line must be a whole number"),
            (f"{edit}.text", None, r"edits\[0\]\.text must be a string"),
            (f"{edit}.range", {"start": {}}, r"edits\[0\]\.range\.end is missing"),
        ):
            with self.subTest(path=path, value=str(value)[:40]):
                plan = copy.deepcopy(PLAN)
                change(path, value)(plan)
                with self.assertRaisesRegex(InputError, words) as caught:
                    parse_plan(plan)
                self.assertNotIn("\n", str(caught.exception))

    def test_files_that_are_no_plan(self) -> None:
        with self.assertRaisesRegex(InputError, "Cannot read the plan"):
            read_plan("/no/such/plan.json")
        with self.assertRaisesRegex(InputError, "is not JSON"):
            read_plan(__file__)


class ReportDocument(unittest.TestCase):
    def test_strings_and_lists_are_cut(self) -> None:
        result = Result("i" * 99, "t" * 9999, reason="r" * 9999)
        result.paths = [RetainingPath("p" * 9999, 1)] * 99
        result.notes = ["n" * 9999] * 99
        result.driver.varied = ["v" * 999] * 99
        document = documents.encode_result(result)
        self.assertEqual([len(document[key]) for key in ("id", "target", "reason")], [64, 500, 500])
        self.assertEqual((len(document["paths"]), len(document["paths"][0]["path"])), (20, 500))
        self.assertEqual((len(document["notes"]), len(document["notes"][0])), (20, 500))
        self.assertEqual((len(document["driver"]["varied"]), len(document["driver"]["varied"][0])), (32, 100))

    def test_a_result_is_at_most_64_kib(self) -> None:
        result = Result("i", "\U0001f98a" * 500, suggested_driver="\U0001f98a" * 2000)
        result.paths = [RetainingPath("\U0001f98a" * 500)] * 20
        result.allocations = [Allocation("\U0001f98a" * 300)] * 20
        result.notes = ["\U0001f98a" * 500] * 20
        size = len(json.dumps(documents.encode_result(result), ensure_ascii=False).encode())
        self.assertLessEqual(size, MAX_TARGET_BYTES)

    def test_numbers_that_json_lacks(self) -> None:
        measurement = Measurement("clean", "x", milliseconds=float("nan"))
        measurement.per_call.bytes = float("inf")
        document = documents.encode(measurement)
        self.assertEqual((document["milliseconds"], document["perCall"]["bytes"]), (0.0, 0.0))
        json.dumps(document, allow_nan=False)

    def test_lone_surrogates(self) -> None:
        json.dumps(documents.encode(Result("a", "\ud800x")), ensure_ascii=False).encode("utf-8")

    def test_characters_that_steer_a_terminal(self) -> None:
        result = Result(
            "i", "dir\u200b/m.py::f", reason="\x1b[31m red \u202e\ud800", suggested_driver="def f():\n    pass"
        )
        document = documents.encode_result(result)
        self.assertEqual(document["reason"], "?[31m red ??")
        self.assertEqual(document["suggestedDriver"], result.suggested_driver)
        self.assertEqual(document["target"], result.target)

    def test_source_in_a_job_stays_as_it_is(self) -> None:
        job = Job("measure", overlay={"/x.py": "a = '\x0c\u200b\xa0'\n"})
        self.assertEqual(documents.decode(Job, documents.encode(job)), job)

    def test_there_and_back(self) -> None:
        measurement = Measurement("leak", "why", 8, 1.5, windows=[Window(8, 80, 1, 0)])
        self.assertEqual(documents.decode(Measurement, documents.encode(measurement)), measurement)
        job = Job("measure", root="/x", overlay={"/x/y.py": "a" * 5000}, vary=["k" * 999], first_line=3)
        self.assertEqual(documents.decode(Job, documents.encode(job)), job)

    def test_answers_that_a_target_forged(self) -> None:
        good = documents.encode(Answer(measurement=Measurement("clean", "x")))
        for change in (
            {"measurement": 7},
            {"measurement": {"outcome": "clean"}},
            {"measurement": {**good["measurement"], "outcome": "fine"}},
            {"measurement": {**good["measurement"], "calls": True}},
            {"measurement": {**good["measurement"], "calls": 2**60}},
            {"measurement": {**good["measurement"], "milliseconds": float("inf")}},
            {"measurement": {**good["measurement"], "windows": {"a": 1}}},
            {"paths": [{"path": 1}]},
            {"unknown": 1},
            {"notes": "text"},
        ):
            with self.subTest(change=str(change)[:60]), self.assertRaises(ValueError):
                documents.decode(Answer, {**good, **change})


class GoldenExamples(unittest.TestCase):
    def test_the_plan_is_read(self) -> None:
        plan = read_plan(os.path.join(EXAMPLES, "plan.json"))
        self.assertGreaterEqual(len(plan.targets), 4)

    def test_the_report_is_one_that_we_write(self) -> None:
        with open(os.path.join(EXAMPLES, "report.json"), encoding="utf-8") as file:
            document = json.load(file)
        self.assertEqual(document.pop("schema"), "leakcheck/report@1")
        report = documents.decode(Report, document)
        again = documents.encode_report(report)
        self.assertEqual(again["results"], document["results"])
        self.assertEqual(again["environment"], document["environment"])
        self.assertNotIn("/root", json.dumps(document))


if __name__ == "__main__":
    unittest.main()
