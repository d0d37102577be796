# target: render
"""A tiny template language: {{ name|filter }}."""

import re

_VARIABLE = re.compile(r"\{\{\s*(\w+)(?:\|(\w+))?\s*\}\}")
FILTERS = {"upper": str.upper, "title": str.title, "len": len}
_compiled = []


def apply(name, value):
    if name not in FILTERS:
        raise LookupError(name)
    return str(FILTERS[name](value))


def render(template, context):
    parts = []
    position = 0
    for match in _VARIABLE.finditer(template):
        parts.append(template[position : match.start()])
        value = context.get(match.group(1), "")
        parts.append(apply(match.group(2), value) if match.group(2) else str(value))
        position = match.end()
    parts.append(template[position:])
    _compiled.append(parts)  # leak
    # instead: _compiled[:] = [parts]
    return "".join(parts)
