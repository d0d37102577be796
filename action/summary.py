"""Report -> a table in Markdown for the summary of the job. Every text in the report is hostile."""

from __future__ import annotations

import json
import re
import sys
from typing import Any, List, Mapping

HEADER = "### Leakcheck probe\n\n| target | outcome | bytes per call | objects per call | what the figures show |"
RULER = "| --- | --- | ---: | ---: | --- |"
# Controls, and what is invisible or turns the direction of text.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def main(path: str) -> None:
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    try:
        rows = [row(result) for result in json.loads(text)["results"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sys.stdout.write("### Leakcheck probe\n\nThe report is not of the form `leakcheck/report@1`.\n")
        return
    sys.stdout.buffer.write(("\n".join([HEADER, RULER, *rows]) + "\n").encode("utf-8", "replace"))


def row(result: Mapping[str, Any]) -> str:
    per_call: Mapping[str, Any] = (result.get("head") or {}).get("perCall") or {}
    cells: List[str] = [
        code(result["target"]),
        code(result["outcome"]),
        figure(per_call.get("bytes")),
        figure(per_call.get("objects")),
        code(result["reason"]),
    ]
    return f"| {' | '.join(cells)} |"


def code(value: object) -> str:
    """A code span: nothing in it is Markdown, and it can end neither itself nor the cell."""
    text = UNSEEN.sub(" ", str(value))[:300].replace("`", "'").replace("|", "/").strip()
    return f"`{text or ' '}`"


def figure(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


if __name__ == "__main__":
    main(sys.argv[1])
