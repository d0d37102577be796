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
    """For a string that must contain something, start or end with something, or come apart in so many pieces."""
    found: list[Value] = []
    if _is_structured(uses):
        found.append(text_of_form(_composed(uses), functools.partial(_composed, uses)))
    separators = [text for text in dict.fromkeys(uses.contained) if len(text) <= 8]
    if len(separators) > 1:
        start, end = _ends(uses)
        every = "".join(f"a{text}" for text in separators) + "b"
        found.append(text_of_form(start + every + end, lambda index: f"{start}{every}{index:08d}{end}"))
    return found


def _is_structured(uses: Uses) -> bool:
    return bool(uses.contained or uses.prefixes or uses.suffixes or _pieces(uses)[1])


def _ends(uses: Uses) -> tuple[str, str]:
    return (uses.prefixes[0] if uses.prefixes else "", uses.suffixes[0] if uses.suffixes else "")


def _pieces(uses: Uses) -> tuple[str, list[Uses]]:
    """What the string is split at, and how the pieces are used; a partition gives three, of which the second is the first."""
    separator = next((text for text in uses.contained if len(text) <= 8), "")
    for name in ("partition", "rpartition", "split", "rsplit"):
        result = uses.attributes.get(name)
        if result is None:
            continue
        if "partition" in name and len(result.parts) == 3:
            return separator, [result.parts[0], result.parts[2]]
        if result.parts:
            return separator or " ", result.parts
        if result.element is not None and "indexed" in result.marks:
            return separator or " ", [result.element] * 4
    return separator, []


def _composed(uses: Uses, index: int = 0, number: int = 0) -> str:
    """A text that comes apart as the code wants it; the number of the call goes into its last piece."""
    start, end = _ends(uses)
    separator, pieces = _pieces(uses)
    if pieces or separator:
        parts = pieces or [Uses(), Uses()]
        last = len(parts) - 1
        inner = separator.join(_composed(part, index if at == last else 0, at) for at, part in enumerate(parts))
    else:
        inner = _piece(uses, index, number)
    return start + inner + (end if not inner.endswith(end) else "")


def _piece(uses: Uses, index: int, number: int) -> str:
    constant_text = next((value for value in uses.constants if isinstance(value, str)), None)
    if constant_text is not None:
        return constant_text
    for taken in uses.takers:
        last = taken.function.rsplit(".", 1)[-1]
        values = (
            _of_time(taken.others[1]) if last == "strptime" and len(taken.others) > 1 else _TAKEN_BY.get(last, list)()
        )
        if values and taken.position == 0 and values[0].kind == "str" and last not in ("open", "Path"):
            return str(values[0].make(index))
    letter = chr(ord("a") + number % 26)
    return f"{letter}{index:08d}" if index else letter
