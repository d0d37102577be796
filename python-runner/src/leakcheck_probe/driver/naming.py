"""Argument values from what a parameter is called and how the body uses it."""

from __future__ import annotations

import re
from typing import Callable

from . import arrays
from .stub import FALSE_STUB, passive_async
from .values import (
    Value,
    callback,
    constant,
    file_path,
    folder_path,
    fresh,
    mapping,
    number,
    octets,
    real,
    sequence,
    stub,
    word,
)


def text_pairs() -> Value:
    return mapping([(word("key"), word("value"))])


def json_text() -> Value:
    return constant('{"key": 1}')


def words() -> Value:
    return sequence(list, [word("one"), word("two")])


def numbers() -> Value:
    return sequence(list, [number(1), number(2), number(3)])


def stream() -> Value:
    import io

    return fresh("io.StringIO('text')", lambda: io.StringIO("first line\nsecond line\n"), "StringIO", varies=True)


def binary_stream() -> Value:
    import io

    return fresh("io.BytesIO(b'data')", lambda: io.BytesIO(b"first line\nsecond line\n"), "BytesIO", varies=True)


def plain_path() -> Value:
    import pathlib

    return file_path(pathlib.Path, "Path")


# Tried from the top; the pattern must match one whole part of the name (`user_id` has the parts user and id).
_BY_NAME: list[tuple[str, Callable[[], list[Value]]]] = [
    (r"exc|exception|err|error|exc_val|exc_value", lambda: [fresh("ValueError('x')", lambda: ValueError("x"), "ValueError")]),
    (r"exctype|tb|traceback|exc_tb|exc_type", lambda: [constant(None)]),
    (r"dir|directory|folder|dirname|cwd|root", lambda: [folder_path(), _as_path()]),
    (r"path|file|filename|filepath|fname|pathname|paths|files", lambda: [file_path(), plain_path(), stream()]),
    (r"stream|fp|fd|fileobj|handle|reader|writer|io|buf|buffer|out|output", lambda: [stream(), binary_stream()]),
    (r"url|uri|link|endpoint|href", lambda: [word("http://localhost/a")]),
    (r"callback|cb|func|fn|function|handler|hook|listener|factory|predicate|on|f|g|op|action|visitor|transform",
     lambda: [callback(), constant(passive_async, "an async function")]),
    (r"df|frame|dataframe", lambda: [*arrays.frames(), stub()]),
    (r"tensor|logits|images|inputs|targets|embeddings|loss|grad|weights", lambda: [*arrays.tensors(), *arrays.vectors(), numbers()]),
    (r"model|module|net|network|layer", lambda: [*arrays.learning("Linear"), stub()]),
    (r"optimizer|optim|optimiser", lambda: [*arrays.learning("SGD"), stub()]),
    (r"loader|dataloader|batches|batch|dataset", lambda: [*arrays.learning("list"), numbers(), stub()]),
    (r"criterion|loss_fn|loss_function", lambda: [*arrays.learning("MSELoss"), callback()]),
    (r"array|arr|matrix|vector|image|img|ndarray|mat|signal", lambda: [*arrays.vectors(), *arrays.tensors(), numbers(), octets("data")]),
    (r"is|has|enable|enabled|verbose|debug|flag|force|strict|recursive|dry|should|use|quiet", lambda: [constant(True), constant(False)]),
    (r"n|count|size|limit|num|index|i|j|k|idx|width|height|length|max|min|port|year|month|day|depth|level|step|steps|total"
     r"|maxsize|capacity|repeat|times|rounds|epochs|offset|start|stop|end|pos|position|number|amount|int|integer|a|b|c|rows|cols|seed",
     lambda: [number(3)]),
    (r"seconds|delay|timeout|ttl|interval|age|rate|ratio|alpha|beta|scale|factor|weight|price|score|mu|sigma|x|y|z",
     lambda: [real(0.01), number(2)]),
    (r"request|response|session|client|conn|connection|cursor|db|ctx|context|app|socket|sock|engine|logger|log|user|loop",
     lambda: [stub(), stub(FALSE_STUB)]),
    (r"config|options|opts|settings|params|headers|kwargs|mapping|env|environ|attrs|meta|metadata|kw|dict|d|obj|state|payload|record|row",
     lambda: [text_pairs(), stub()]),
    (r"items|values|records|lines|seq|sequence|iterable|xs|args|ids|names|keys|tags|elements|entries|lst|list|l|parts|argv|words|tokens|stack|queue|events",
     lambda: [words(), numbers(), sequence(list, [])]),
    (r"data|chunk|blob|content|body|raw|bytes|block", lambda: [octets("data"), word("text"), numbers(), text_pairs()]),
    (r"key|name|id|title|label|tag|topic|event|text|string|str|s|line|message|msg|html|query|sql|prefix|suffix|kind|mode|pattern"
     r"|word|token|code|encoding|type|category|channel|host|hostname|username|password|email|lang|source|src|expr|value|val|v|char|ch",
     lambda: [word("key"), number(3)]),
]  # fmt: skip


def _as_path() -> Value:
    import pathlib

    return folder_path(pathlib.Path, "Path")


def by_name(name: str) -> list[Value]:
    """Values that a parameter of this name usually takes, likeliest first; the last part of a name counts most."""
    parts = [part for part in re.split(r"_+|(?<=[a-z])(?=[A-Z])", name.lower().strip("_")) if part]
    if name.lower().strip("_") not in parts:
        parts.insert(0, name.lower().strip("_"))
    for part in [*parts[:1], *reversed(parts[1:])]:
        for pattern, values in _BY_NAME:
            if (
                re.fullmatch(pattern, part)
                or part.endswith("s")
                and re.fullmatch(pattern, part[:-1])
                and "items" in pattern
            ):
                return values()
    return [words()] if name.endswith("s") and not name.endswith(("ss", "us", "is")) and len(name) > 3 else []
