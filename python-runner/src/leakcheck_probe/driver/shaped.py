"""Argument values from what the body does with a parameter: the container, the record or the class that it asks for."""

from __future__ import annotations

import functools
import types
from typing import Any, Callable, Optional

from . import arrays, naming, texts
from .annotations import Names
from .kinds import kinds_with
from .stub import STUB, passive_async
from .uses import Uses
from .values import (
    Value,
    callback,
    constant,
    file_path,
    mapping,
    number,
    octets,
    real,
    sequence,
    stub,
    word,
)

MAX_DEPTH = 4
_LEARNING = {"backward", "detach", "cuda", "item", "requires_grad"}
_BY_CLASS: dict[str, Callable[[], Value]] = {
    "int": lambda: number(3), "str": lambda: word("key"), "list": naming.words, "dict": naming.text_pairs, "bool": lambda: constant(True),
    "bytes": lambda: octets("data"), "float": lambda: real(1.5), "set": lambda: sequence(set, [number(1)], "set"),
    "tuple": lambda: sequence(tuple, [number(1), number(2)], "tuple"), "Mapping": naming.text_pairs, "Sequence": naming.words,
    "Iterable": naming.words, "Path": naming.plain_path,
}  # fmt: skip


def by_use(uses: Uses, names: Names, name: str = "", depth: int = 0) -> tuple[list[Value], list[Value]]:
    """Values that the body asks for: those that are sure, and those that are likely."""
    if depth > MAX_DEPTH:
        return [], []
    sure = [_compared(value) for value in uses.constants[:3]]
    sure.extend(_from_tables(uses, names))
    sure.extend(_of_classes(uses, names, depth))
    if "called" in uses.marks:
        sure.append(callback())
        if "awaited" in uses.marks:
            sure.insert(0, constant(passive_async, "an async function"))
    if uses.keys:
        sure.append(_record(uses, names, depth))
    elif "looked_up" in uses.marks and not uses.marks & {"iterated", "sliced", "indexed", "measured"}:
        inside = _one(uses.element, names, "", depth)
        sure.append(mapping([(constant("key"), inside), (constant(3), inside), (constant(0), inside)]))
    elif uses.entries is not None or "mapped" in uses.marks:
        entries = uses.entries
        sure.append(mapping([(word("key"), _one(entries, names, "value", depth))]) if entries else naming.text_pairs())
    sure.extend(texts.taken_texts(uses, names))
    sure.extend(texts.by_content(uses))
    if uses.attributes.keys() & _LEARNING:
        sure.extend([*arrays.tensors(), *arrays.vectors()])
    sure.extend(kinds_with(frozenset(uses.attributes), name))
    container = _container(uses, names, name, depth)
    if uses.attributes and not sure:
        sure.extend(_objects(uses, names, name, depth))
    likely: list[Value] = []
    if container is not None:
        inside = uses.element
        strong = inside is not None and inside.is_informative or "joined" in uses.marks
        (sure if strong and not uses.keys else likely).append(container)
    likely.extend(_by_marks(uses))
    if not sure and (uses.attributes or uses.marks & {"awaited", "entered"}):
        likely.append(stub(STUB))
    return sure, likely


def _by_marks(uses: Uses) -> list[Value]:
    found: list[Value] = []
    if "listed" in uses.marks:
        found.append(naming.words())
    if "arithmetic" in uses.marks:
        found.append(number(3))
    if "text" in uses.marks:
        found.append(word("key"))
    if "opened" in uses.marks:
        found.append(file_path())
    if uses.marks & {"iterated", "indexed", "measured", "sliced"}:
        found.append(naming.words())
    if "next" in uses.marks:
        found.append(Value("iter(['one', 'two'])", lambda index: iter(["one", "two"]), kind="iterator"))
    return found


def _one(uses: Optional[Uses], names: Names, name: str, depth: int) -> Value:
    """The likeliest value inside a container."""
    if uses is not None:
        sure, likely = by_use(uses, names, name, depth + 1)
        if sure:
            return sure[0]
        named = [value for value in naming.by_name(name) if not value.stub]
        if named and not (uses.marks & {"iterated", "indexed", "arithmetic"}):
            return named[0]
        data = [value for value in likely if not value.stub]
        if data:
            return data[0]
    named = [value for value in naming.by_name(name) if not value.stub]
    return named[0] if named else word(name if name.isidentifier() and len(name) < 20 else "value")


def _record(uses: Uses, names: Names, depth: int) -> Value:
    return mapping([(constant(key), _one(inner, names, key, depth)) for key, inner in list(uses.keys.items())[:24]])


def _container(uses: Uses, names: Names, name: str, depth: int) -> Optional[Value]:
    """A list (or a tuple that is unpacked) of what is done to its elements."""
    if uses.parts:
        return sequence(tuple, [_one(part, names, "", depth) for part in uses.parts], "tuple")
    if uses.element is None and "joined" not in uses.marks:
        return None
    single = name[:-1] if name.endswith("s") and len(name) > 3 else ""
    inside = _one(uses.element, names, single, depth)
    if inside.kind == "list" and not (uses.element is not None and uses.element.is_informative):
        inside = word("one")
    if "arithmetic" in (uses.element.marks if uses.element else ()):
        return sequence(list, [number(1), number(2), number(3)])
    return sequence(list, [inside, inside])


def _compared(value: object) -> Value:
    if isinstance(value, str):
        return word(value) if len(value) < 40 else constant(value)
    return number(value) if type(value) is int else constant(value)


def _from_tables(uses: Uses, names: Names) -> list[Value]:
    """A key (or member) that a container of the module has, where the value is looked up in it."""
    found: list[Value] = []
    for table in uses.tables[:4]:
        content = _content(table, names)
        if isinstance(content, (dict, list, tuple, set, frozenset, types.MappingProxyType)):
            plain = [item for item in content if isinstance(item, (str, int, bytes, float, type))][:64]
            for item in sorted(plain, key=repr)[:2] if isinstance(content, (set, frozenset)) else plain[:2]:
                found.append(constant(item, item.__name__) if isinstance(item, type) else constant(item))
    return found


def _content(table: str, names: Names) -> Any:
    """What stands under a name of the module, or in an attribute of a new instance of the class; None for nothing."""
    try:
        return names.value(table)
    except Exception:
        pass
    holder, _, attribute = table.partition(".")
    if holder != "self" or names.owner is None or not attribute.isidentifier():
        return None
    from .construct import instance_of  # the two modules describe each other

    for value in instance_of(names.owner, 1):
        try:
            return getattr(value.make(0), attribute)
        except Exception:
            return None
    return None


def _of_classes(uses: Uses, names: Names, depth: int) -> list[Value]:
    """Instances of the classes that are named in isinstance checks."""
    from .typed import typed  # the two modules describe each other

    found: list[Value] = []
    for text in uses.classes[:3]:
        if text in _BY_CLASS:
            found.append(_BY_CLASS[text]())
            continue
        found.extend(value for value in typed(text, names, depth + 1)[:2] if not value.stub)
    return found


def _objects(uses: Uses, names: Names, name: str, depth: int) -> list[Value]:
    """An instance of a class of the package that has all that is asked for, else a plain record of data."""
    from .owners import with_attributes
    from .typed import instances

    called = names.class_called(name)
    fitting = with_attributes(names, frozenset(uses.attributes), frozenset(uses.methods))
    found: list[Value] = []
    for kind in dict.fromkeys([*([called] if called in fitting else []), *fitting][:3]):
        found.extend(value for value in instances(kind, depth + 1, uses) if not value.stub)
    if not uses.methods:
        found.append(_namespace(uses, names, depth))
    return found


def _namespace(uses: Uses, names: Names, depth: int) -> Value:
    """An object with these attributes and no behaviour."""
    pairs = [(key, _one(inner, names, key, depth)) for key, inner in list(uses.attributes.items())[:24]]
    text = ", ".join(f"{key}={value.text}" for key, value in pairs)
    make = functools.partial(_made, tuple((key, value.make) for key, value in pairs))
    varies = any(value.varies for _, value in pairs)
    return Value(f"SimpleNamespace({text})", make, varies, any(value.stub for _, value in pairs), "SimpleNamespace")


def _made(makers: tuple[tuple[str, Callable[[int], Any]], ...], index: int) -> Any:
    return types.SimpleNamespace(**{key: make(index) for key, make in makers})
