"""The fixed vocabularies of the documents; the same lists stand in `src/contract/words.ts`."""

from __future__ import annotations

RECIPES = ("growth", "cycle", "peak", "fragmentation")
OUTCOMES = ("leak", "clean", "cycle-garbage", "peak", "fragmentation", "inconclusive")
CONFIDENCES = ("high", "medium", "low")
DRIVER_KINDS = ("declared", "tests", "synthesised", "script", "none")
INSTANCES = ("none", "shared", "fresh")
ISOLATIONS = ("none", "process", "namespace")
BASE_STATUSES = ("measured", "absent", "failed", "not-run")
FIX_STATUSES = ("fixed", "not-fixed", "not-verified", "not-run")
DEVICES = ("cpu", "gpu")
PLAN_SCHEMA = "leakcheck/plan@1"
REPORT_SCHEMA = "leakcheck/report@1"
