# target: parse_line
"""Reads `key = value` lines with sections."""

import re

SECTION = re.compile(r"^\[(?P<name>[A-Za-z_][\w.]*)\]$")
PAIR = re.compile(r"^(?P<key>\w+)\s*=\s*(?P<value>.*)$")
_warnings = []


def parse_line(line, section="default"):
    line = line.strip()
    match = PAIR.match(line)
    if match is None:
        if SECTION.match(line):
            return line[1:-1], None, None
        raise ValueError(f"cannot read {line!r}")
    key, value = match.group("key"), match.group("value")
    if value.startswith('"') and value.endswith('"'):
        value = value[1:-1]
    _warnings.append(f"{section}.{key} was set to {value!r}")  # leak
    # instead: _warnings[:] = [key]
    return section, key, value
