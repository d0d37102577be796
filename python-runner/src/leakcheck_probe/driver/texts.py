"""Strings and bytes in the form that a piece of code expects, judged by what it does with them."""

from __future__ import annotations

import ast
import functools
import re
from typing import Any, Callable, Optional

from .annotations import Names
from .examples import example_of
from .uses import Taken, Uses
from .values import Value, constant, file_path, number, octets, real, word


def text_of_form(first: str, varied: Callable[[int], str]) -> Value:
    """A str in a form: `first`, and for call number n what `varied` makes."""
    return Value(repr(first)[:60], functools.partial(_formed, first, varied), True, kind="str")


def _formed(first: str, varied: Callable[[int], str], index: int) -> str:
    return varied(index) if index else first


def joined(separator: str, count: int = 2) -> Value:
    names = [chr(ord("a") + number % 26) for number in range(max(1, count))]
    first = separator.join(names)
    return text_of_form(first, lambda index: f"{first}{index:08d}")


def digits() -> Value:
    return text_of_form("3", lambda index: f"{index:08d}")


def decimals() -> Value:
    return text_of_form("1.5", lambda index: f"{index:08d}.5")


def json_text() -> Value:
    return text_of_form('{"key": 1}', lambda index: f'{{"key": {index:08d}}}'.replace(": 0", ": 1"))


def common() -> list[Value]:
    """What strings mostly look like, for code that says nothing of it."""
    return [digits(), json_text(), joined("="), joined(":"), joined(","), decimals(), url(), day(), constant("")]


def url() -> Value:
    return text_of_form("http://localhost/a", lambda index: f"http://localhost/{index:08d}")


def day() -> Value:
    return text_of_form(
        "2024-01-02", lambda index: f"{2000 + index % 7000:04d}-{1 + index % 12:02d}-{1 + index % 28:02d}"
    )


def moment() -> Value:
    return text_of_form("2024-01-02T03:04:05", lambda index: f"{2000 + index % 7000:04d}-01-02T03:{index % 60:02d}:05")


def _hexadecimal() -> Value:
    return text_of_form("0a", lambda index: f"{index:08x}")


def _xml() -> Value:
    return text_of_form("<a><b>1</b></a>", lambda index: f"<a><b>{index:08d}</b></a>")


def _uuid() -> Value:
    first = "00000000-0000-0000-0000-000000000001"
    return text_of_form(first, lambda index: f"{index:08d}-0000-0000-0000-000000000001")


def _address() -> Value:
    return text_of_form("10.0.0.1", lambda index: f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}")


def _encoded() -> Value:
    return Value("'a2V5'", functools.partial(_base64, True), True, kind="str")


def _encoded_bytes() -> Value:
    return Value("b'a2V5'", functools.partial(_base64, False), True, kind="bytes")


def _base64(as_text: bool, index: int) -> Any:
    import base64

    found = base64.b64encode(f"{index:09d}".encode() if index else b"key")
    return found.decode() if as_text else found


# By the last part of the name of the function that takes the string as its first argument.
_TAKEN_BY: dict[str, Callable[[], list[Value]]] = {
    "int": lambda: [digits(), number(3)],
    "float": lambda: [decimals(), real(1.5)],
    "Decimal": lambda: [decimals()],
    "Fraction": lambda: [decimals()],
    "loads": lambda: [json_text()],
    "literal_eval": lambda: [text_of_form("{'key': 1}", lambda index: f"{{'key': 1{index:08d}}}")],
    "fromisoformat": lambda: [moment(), day()],
    "urlparse": lambda: [url()],
    "urlsplit": lambda: [url()],
    "UUID": lambda: [_uuid()],
    "fromhex": lambda: [_hexadecimal()],
    "unhexlify": lambda: [_hexadecimal()],
    "b64decode": lambda: [_encoded_bytes(), _encoded()],
    "urlsafe_b64decode": lambda: [_encoded_bytes(), _encoded()],
    "fromstring": lambda: [_xml()],
    "parseString": lambda: [_xml()],
    "ip_address": lambda: [_address()],
    "ip_network": lambda: [_address()],
    "compile": lambda: [word("a")],
    "open": lambda: [file_path()],
    "Path": lambda: [file_path()],
    "StringIO": lambda: [text_of_form("a,b\n1,2\n", lambda index: f"a,b\n1,{index:08d}\n")],
    "BytesIO": lambda: [octets("data")],
    "import_module": lambda: [constant("json")],
    "getLogger": lambda: [word("key")],
    "parse": lambda: [_xml(), json_text()],
    "sha256": lambda: [octets("data")],
    "md5": lambda: [octets("data")],
    "sha1": lambda: [octets("data")],
    "crc32": lambda: [octets("data")],
    "compress": lambda: [octets("data")],
    "memoryview": lambda: [octets("data")],
}
_MATCHING = ("match", "fullmatch", "search", "findall", "finditer")


def taken_texts(uses: Uses, names: Names) -> list[Value]:
    """For a value that goes to known functions."""
    found: list[Value] = []
    for taken in uses.takers:
        last = taken.function.rsplit(".", 1)[-1]
        pattern = _pattern_of(taken, last, names)
        if pattern is not None:
            found.extend(example_of(pattern))
        elif last == "strptime" and taken.position == 0 and len(taken.others) > 1:
            found.extend(_of_time(taken.others[1]))
        elif (
            last in ("unpack", "unpack_from")
            and taken.position > 0
            or last == "unpack"
            and taken.function != "struct.unpack"
        ):
            found.extend(_packed(taken, names))
        elif taken.position == 0 and last in _TAKEN_BY:
            found.extend(_TAKEN_BY[last]())
    return found


def _pattern_of(taken: Taken, last: str, names: Names) -> Optional["re.Pattern[Any]"]:
    """The regular expression against which it is matched, when it is known when the module has been imported."""
    if last not in _MATCHING:
        return None
    holder = taken.function.rpartition(".")[0]
    try:
        if holder == "re" and taken.position == 1:
            expression = names.value(taken.others[0])
            return expression if isinstance(expression, re.Pattern) else re.compile(expression)
        compiled = names.value(holder)
        return compiled if isinstance(compiled, re.Pattern) and taken.position == 0 else None
    except Exception:
        return None


def _of_time(text: str) -> list[Value]:
    import time

    try:
        layout = ast.literal_eval(text)
        first = time.strftime(layout, time.gmtime(1_704_164_645))
    except Exception:
        return [day()]
    return [text_of_form(first, lambda index: time.strftime(layout, time.gmtime(1_704_164_645 + 86_461 * index)))]


def _packed(taken: Taken, names: Names) -> list[Value]:
    import struct

    try:
        layout: Any = names.value(taken.others[0]) if taken.function.startswith("struct.") else None
        packed = struct.Struct(layout) if layout is not None else names.value(taken.function.rpartition(".")[0])
        return [Value(f"bytes({packed.size})", functools.partial(_zeros, packed.size), True, kind="bytes")]
    except Exception:
        return []


def _zeros(size: int, index: int) -> bytes:
    return (index & 0x7F).to_bytes(1, "big") * size


def by_content(uses: Uses) -> list[Value]:
    """For a string that must contain something, or start or end with something."""
    found: list[Value] = []
    start = uses.prefixes[0] if uses.prefixes else ""
    end = uses.suffixes[0] if uses.suffixes else ""
    split = uses.attributes.get("split") or uses.attributes.get("rsplit")
    count = len(split.parts) if split is not None and split.parts else 2
    inner = split.parts if split is not None else []
    separators = [text for text in dict.fromkeys(uses.contained) if len(text) <= 8]
    if separators:
        found.append(_with_ends(start, separators[0], count, [*inner], end))
        if len(separators) > 1:
            every = "".join(f"a{text}" for text in separators) + "b"
            found.append(text_of_form(start + every + end, lambda index: f"{start}{every}{index:08d}{end}"))
    elif split is not None and split.parts:
        found.append(_with_ends(start, " ", count, [*inner], end))
    elif start or end:
        found.append(text_of_form(f"{start}key{end}", lambda index: f"{start}key-{index:08d}{end}"))
    return found


def _with_ends(start: str, separator: str, count: int, parts: list[Uses], end: str) -> Value:
    names = ["1" if _is_numeric(part) else chr(ord("a") + place) for place, part in enumerate(parts[:count])]
    names += [chr(ord("a") + place) for place in range(len(names), count)]
    first = start + separator.join(names) + end
    if separator in ("", end) or names[-1].isdigit():
        return text_of_form(first, lambda index: f"{start}{separator.join([*names[:-1], f'1{index:08d}'])}{end}")
    return text_of_form(first, lambda index: f"{start}{separator.join(names)}{index:08d}{end}")


def _is_numeric(part: Uses) -> bool:
    return any(taken.function in ("int", "float") for taken in part.takers) or "arithmetic" in part.marks
