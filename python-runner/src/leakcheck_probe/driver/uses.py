"""What the body of a function asks of its parameters: a small tree for each, read from the syntax. Pure."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, Optional, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


@dataclass
class Uses:
    """How a value is used, and how the values that are got out of it are used.

    `marks`: called, iterated, awaited, entered, arithmetic, measured, opened, indexed, keyed, text, next, ordered.
    """

    marks: set[str] = field(default_factory=set)
    attributes: dict[str, "Uses"] = field(default_factory=dict)
    methods: dict[str, None] = field(default_factory=dict)  # those attributes that are called
    keys: dict[str, "Uses"] = field(default_factory=dict)  # x["key"]
    element: Optional["Uses"] = None  # x[0], for element in x
    entries: Optional["Uses"] = None  # values of x.items()
    parts: list["Uses"] = field(default_factory=list)  # a, b = x
    constants: list[Any] = field(default_factory=list)  # compared with
    contained: list[str] = field(default_factory=list)  # "=" in x, x.split("=")
    prefixes: list[str] = field(default_factory=list)
    suffixes: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)  # named in isinstance
    takers: list["Taken"] = field(default_factory=list)  # functions that get it
    tables: list[str] = field(default_factory=list)  # containers in which it is looked up

    def attribute(self, name: str) -> "Uses":
        return self.attributes.setdefault(name, Uses())

    def key(self, name: str) -> "Uses":
        self.marks.add("keyed")
        return self.keys.setdefault(name, Uses())

    def item(self) -> "Uses":
        if self.element is None:
            self.element = Uses()
        return self.element

    def entry(self) -> "Uses":
        if self.entries is None:
            self.entries = Uses()
        return self.entries

    def split(self, count: int) -> list["Uses"]:
        while len(self.parts) < count:
            self.parts.append(Uses())
        return self.parts[:count]

    @property
    def is_informative(self) -> bool:
        """Whether it says more than that the value is used."""
        return bool(
            self.attributes
            or self.keys
            or self.constants
            or self.contained
            or self.prefixes
            or self.classes
            or self.tables
            or self.takers
            or self.parts
            or self.marks - {"measured"}
            or self.element is not None
        )


@dataclass(frozen=True)
class Taken:
    """The value goes to `function(…)` as its argument number `position`; `others` are the texts of all arguments."""

    function: str
    position: int
    others: tuple[str, ...]


def uses_of(definition: Optional[ast.AST], tree: Optional[ast.Module] = None) -> dict[str, Uses]:
    """Uses by parameter name. With the tree of its file, calls of functions there are followed, and what a constructor
    keeps in attributes is followed into the other methods."""
    from .reading import Reader  # the reader makes the tree that is described here

    if not isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {}
    return Reader(tree).uses_of(definition)
