"""Turns the report's dataclasses into JSON values and back, with every cap and type enforced.

What a worker answers was made in a process that runs other people's code, so reading is strict.
"""

from __future__ import annotations

import json
import math
import typing
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Dict, Mapping, Type, TypeVar

from .report import MAX_TARGET_BYTES, Report, Result

T = TypeVar("T")
# Larger whole numbers are not exact in a reader that knows only doubles.
MAX_INTEGER = 2**53 - 1


def encode(value: Any) -> Any:
    """A JSON value: camelCase keys, strings and lists cut to their caps, no NaN or infinity."""
    if is_dataclass(value):
        kept = [f for f in fields(value) if not (f.metadata.get("optional") and getattr(value, f.name) == f.default)]
        return {_camel(f.name): _encode_field(getattr(value, f.name), f.metadata) for f in kept}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else 0.0
    return _clean(value) if isinstance(value, str) else value


def encode_result(result: Result) -> Dict[str, Any]:
    """A result of at most 64 KiB; what is least needed goes first."""
    raw = encode(result)
    # The first two are the plan's own words, by which the reader knows the result.
    document = {**printable(raw), "id": raw["id"], "target": raw["target"]}
    for key in ("allocations", "notes", "paths", "suggestedDriver"):
        while _size(document) > MAX_TARGET_BYTES and document[key]:
            document[key] = document[key][: len(document[key]) // 2] if key != "suggestedDriver" else None
    return document


def encode_report(report: Report) -> Dict[str, Any]:
    """The whole document, `schema` first."""
    return {
        "schema": report.schema,
        "environment": printable(encode(report.environment)),
        "results": [encode_result(result) for result in report.results],
    }


def decode(kind: Type[T], value: Any, place: str = "answer") -> T:
    """Read a dataclass from a JSON value.

    :raises ValueError: a key is missing or unknown, or a value has the wrong type
    """
    if not isinstance(value, dict):
        raise ValueError(f"{place} is not an object")
    hints = typing.get_type_hints(kind)
    known = {_camel(f.name): f for f in fields(kind)}  # type: ignore[arg-type]
    for key in value:
        if key not in known:
            raise ValueError(f"{place} has the unknown key {str(key)[:50]!r}")
    made: Dict[str, Any] = {}
    for key, f in known.items():
        if key in value:
            made[f.name] = _decode_value(hints[f.name], value[key], f.metadata, f"{place}.{key}")
        elif f.default is MISSING and f.default_factory is MISSING:
            raise ValueError(f"{place}.{key} is missing")
    return kind(**made)


def _encode_field(value: Any, metadata: Mapping[str, Any]) -> Any:
    cap, item = metadata.get("cap"), metadata.get("item")
    if isinstance(value, str):
        return _clean(value)[:cap]
    if isinstance(value, dict):
        return {_clean(k)[:item]: _clean(v)[:item] for k, v in list(value.items())[:cap]}
    if isinstance(value, (list, tuple)):
        return [_clean(v)[:item] if isinstance(v, str) and item else encode(v) for v in value[:cap]]
    return encode(value)


def _decode_value(hint: Any, value: Any, metadata: Mapping[str, Any], place: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union:
        return None if value is None else _decode_value(arguments[0], value, metadata, place)
    if origin is list:
        if not isinstance(value, list):
            raise ValueError(f"{place} is not a list")
        item = {"cap": metadata.get("item") or None}
        return [_decode_value(arguments[0], v, item, f"{place}[]") for v in value[: metadata.get("cap")]]
    if origin is dict:
        if not isinstance(value, dict):
            raise ValueError(f"{place} is not an object")
        return {str(k): str(v) for k, v in value.items()}
    if is_dataclass(hint):
        return decode(typing.cast(Any, hint), value, place)
    return _decode_scalar(hint, value, metadata, place)


def _decode_scalar(hint: Any, value: Any, metadata: Mapping[str, Any], place: str) -> Any:
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if hint is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_INTEGER:
        return value
    if hint is bool and isinstance(value, bool):
        return value
    if hint is str and isinstance(value, str):
        options = metadata.get("options")
        if options and value not in options:
            raise ValueError(f"{place} is none of {', '.join(options)}")
        return value[: metadata.get("cap")]
    raise ValueError(f"{place} is not a proper {getattr(hint, '__name__', hint)}")


def _clean(value: str) -> str:
    # Lone surrogates cannot be written as UTF-8.
    return value.encode("utf-8", "replace").decode("utf-8")


def printable(value: Any) -> Any:
    """The same JSON value without characters that would steer a terminal or turn the text around."""
    if isinstance(value, str) and not value.isprintable():
        return "".join(c if c.isprintable() or c in " \n\t\u00a0" else "?" for c in value)
    if isinstance(value, list):
        return [printable(item) for item in value]
    if isinstance(value, dict):
        return {printable(key): printable(item) for key, item in value.items()}
    return value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _size(document: Any) -> int:
    return len(json.dumps(document, ensure_ascii=False).encode("utf-8"))
