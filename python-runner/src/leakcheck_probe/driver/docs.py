"""Types of parameters as doc strings give them: `:param x: …`, `:type x: …`, NumPy's and Google's sections. Pure."""

from __future__ import annotations

import ast
import re
from typing import Optional

from .annotations import Names

_FIELD = re.compile(r"^\s*:type\s+\*{0,2}(\w+)\s*:\s*(.+)$")
_TYPED_FIELD = re.compile(r"^\s*:param\s+(?!\w+\s*:)([^:]+?)\s+\*{0,2}(\w+)\s*:")
_NUMPY = re.compile(r"^\s*\*{0,2}(\w+)\s+:\s+(.+)$")
_GOOGLE = re.compile(r"^\s*\*{0,2}(\w+)\s*\(([^)]+)\)\s*:")
_WORDS = {
    "int": "int", "integer": "int", "number": "int", "float": "float", "str": "str", "string": "str", "bool": "bool", "boolean": "bool",
    "bytes": "bytes", "dict": "dict", "dictionary": "dict", "mapping": "dict", "list": "list", "sequence": "list", "tuple": "tuple",
    "set": "set", "iterable": "list", "callable": "Callable", "function": "Callable", "path": "str", "filename": "str", "none": "None",
}  # fmt: skip


def documented(definition: Optional[ast.AST], names: Names) -> dict[str, str]:
    """Annotations as text, by parameter; only those whose type is a class that is known here."""
    text = ast.get_docstring(definition) if isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
    found: dict[str, str] = {}
    for line in (text or "").splitlines()[:200]:
        for pattern, name, kind in ((_FIELD, 1, 2), (_TYPED_FIELD, 2, 1), (_NUMPY, 1, 2), (_GOOGLE, 1, 2)):
            match = pattern.match(line)
            if match is not None:
                annotation = _annotation(match.group(kind), names)
                if annotation is not None:
                    found.setdefault(match.group(name), annotation)
                break
    return found


def _annotation(text: str, names: Names) -> Optional[str]:
    """`list of str`, `int, optional`, `NetworkX Graph`, `~app.models.Row`: the first that is a known type."""
    cleaned = text.replace("`", " ").replace("~", "")
    match = re.match(r"\s*(?:a |an |the )?(list|sequence|iterable|tuple|set)s? of (\w+?)s?\b", cleaned, re.IGNORECASE)
    if match is not None:
        inner = _WORDS.get(match.group(2).lower()) or _WORDS.get(f"{match.group(2).lower()}s")
        outer = _WORDS[match.group(1).lower()]
        return f"{outer}[{inner}]" if inner and inner != "Callable" and outer != "tuple" else outer
    for part in re.findall(r"[A-Za-z_][\w.]*", cleaned)[:6]:
        last = part.rsplit(".", 1)[-1]
        if last.lower() in _WORDS:
            return _WORDS[last.lower()]
        kind = names.classes().get(last) or names.class_called(last)
        if kind is not None:
            return f"{kind.__module__}:{kind.__qualname__}"
    return None
