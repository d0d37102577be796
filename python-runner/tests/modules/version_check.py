# target: Catalogue.add
"""Keeps packages by version."""

import re


class Version:
    PATTERN = re.compile(r"^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([a-z]+))?$")

    def __init__(self, text):
        match = self.PATTERN.match(text)
        if not match:
            raise ValueError(f"bad version {text!r}")
        self.parts = tuple(int(part or 0) for part in match.groups()[:3])

    def __lt__(self, other):
        return self.parts < other.parts


class Package:
    def __init__(self, name: str, version: Version, requires: "list[Package] | None" = None):
        self.name, self.version, self.requires = name, version, requires or []


class Catalogue:
    def __init__(self):
        self._by_name = {}
        self._log = []

    def add(self, package):
        current = self._by_name.get(package.name)
        if current is None or current.version < package.version:
            self._by_name[package.name] = package
        self._log.append(package)  # leak
        # instead: self._log = [package]
        return len(self._by_name)
