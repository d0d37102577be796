"""Objects and closures that hold themselves."""

from __future__ import annotations

import functools
import threading
import weakref
from functools import lru_cache, partial


class Panel:
    def __init__(self, name: str) -> None:
        self.name = name
        self.pixels = bytearray(1_000_000)
        self.handlers = {}
        self.hooks = []
        self.width = 10
        self.refresh = self.draw  # leak: self-referencing-closure
        self.title = lambda: self.name.title()  # leak: self-referencing-closure
        self.resize = partial(self.scale, 2)  # leak: self-referencing-closure
        self.shrink = functools.partial(Panel.scale, self, 0.5)  # leak: self-referencing-closure
        self.area = lru_cache(maxsize=8)(self.measure)  # leak: self-referencing-closure
        self.commands = {"draw": self.draw, "wide": 3}  # leak: self-referencing-closure

    def draw(self) -> int:
        return len(self.pixels)

    def scale(self, factor: float) -> float:
        return self.width * factor

    def measure(self, unit: str) -> int:
        return self.width * len(unit)

    def listen(self, event: str) -> None:
        def handle(payload: bytes) -> None:
            self.pixels[: len(payload)] = payload

        self.handlers[event] = handle  # leak: self-referencing-closure

    def on_close(self) -> None:
        self.hooks.append(lambda: self.pixels.clear())  # leak: self-referencing-closure

    def watch(self) -> None:
        def tick() -> int:
            return self.draw()

        self.tick = tick  # leak: self-referencing-closure

    def adopt(self) -> None:
        self.owner = self  # leak: self-referencing-closure

    def label(self) -> None:
        self.entry = (self.name, self)  # leak: self-referencing-closure


def total(data: bytes, depth: int) -> int:
    def halve(start: int, end: int) -> int:  # leak: self-referencing-closure
        if end - start < depth:
            return sum(data[start:end])
        middle = (start + end) // 2
        return halve(start, middle) + halve(middle, end)

    return halve(0, len(data))


class Quiet:
    step = 1

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.height = 2
        self.first = self.names  # ok: another attribute, not a method
        self.size = self.area  # ok: the value of a property
        self.parse = self.parse_line  # ok: a static method holds no instance
        self.make = self.build  # ok: a class method holds the class
        self.draw = weakref.WeakMethod(self.paint)  # ok: weak
        me = weakref.ref(self)
        self.title = lambda: me().names[0]  # ok: closes over a weak reference
        self.double = lambda value: value * 2  # ok: does not use the instance
        self.third = partial(self.parse_line, "a=b")  # ok: a static method
        self.total = self.paint()  # ok: the result of a call
        self.copies = [name.upper() for name in self.names]  # ok: nothing of the instance is kept
        self.key = lambda self: self.height  # ok: a parameter of the same name

    @property
    def area(self) -> int:
        return self.height * self.height

    @staticmethod
    def parse_line(line: str) -> list[str]:
        return line.split("=")

    @classmethod
    def build(cls, line: str) -> Quiet:
        return cls(cls.parse_line(line))

    def paint(self) -> int:
        return self.height

    def ordered(self) -> list[str]:
        by_length = lambda name: len(name) * self.height  # ok: a local dies with the call
        paint = self.paint  # ok: a local dies with the call
        return sorted(self.names, key=by_length)[: paint()]


class Timer:
    def __init__(self) -> None:
        self.callback = self.fire  # ok: close() lets it go

    def fire(self) -> None:
        pass

    def close(self) -> None:
        self.callback = None


def depth(tree: tuple) -> int:
    def below(node: tuple) -> int:  # ok: holds only itself, nothing large
        return 1 + max((below(child) for child in node), default=0)

    return below(tree)


def checksum(data: bytes) -> int:
    def add(start: int) -> int:  # ok: its name is let go before the end
        return 0 if start >= len(data) else data[start] + add(start + 1000)

    result = add(0)
    del add
    return result


def advance(result, gen, status):
    def got(value):
        advance(value, gen, status)

    result.addBoth(got)  # leak: self-referencing-closure
    status.waiting_on = result


def advance_apart(result, gen, status):
    def got(value):
        advance_apart(value, gen, None)

    result.addBoth(got)  # ok: the callback does not hold what holds the result
    status.waiting_on = result


class Pool(Base):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.connection_kwargs["pool"] = self  # leak: self-referencing-closure
        self.instances["main"] = self  # ok: a registry may be of the class
        self.names["pool"] = name  # ok: not the instance


class WeakItems:
    def __init__(self, items):
        self._refs = [weakref.ref(item, self._forget) for item in items]  # leak: self-referencing-closure

    def watch(self, item):
        self.owner = weakref.ref(item, self._forget)  # ok: one comment a class
        self.plain = weakref.ref(item)  # ok: no callback
        selfref = weakref.ref(self)

        def forget(reference, selfref=selfref):
            this = selfref()
            if this is not None:
                this._forget(reference)

        self.weak = weakref.ref(item, forget)  # ok: the callback holds the instance weakly

    def _forget(self, reference):
        self._refs.remove(reference)


class Engine:
    def __init__(self):
        self._handlers = {}
        self._sums = []

    def on(self, event, handler, *args):
        self._handlers.setdefault(event, []).append((handler, args))  # ok: not the instance
        self._handlers[event].append((handler, (self,) + args))  # leak: self-referencing-closure
        self._sums.append([1] + [2])  # ok: numbers


class Branch:
    def __init__(self, parent):
        self.parent = parent
        self._root = None
        self._last = None

    def moved(self):
        self._root = None

    @property
    def root(self):
        if self._root is None:
            if self.parent is not None:
                self._root = self.parent.root
            else:
                self._root = self  # leak: self-referencing-closure
        return self._root

    def begin(self):
        self._last = self  # ok: the next call lets it go

    def next(self):
        self._last = None


class Pattern:
    def __init__(self, text: str) -> None:
        self.pixels = bytearray(1_000_000)
        self.parts = []
        self.marks = set()
        self.parts.extend(self.parse(text))  # ok: what the generator yields is kept, not the generator
        self.parts += self.parse(text)  # ok: the same
        self.marks.update(self.parse(mark) for mark in text)  # ok: used up at once

    def parse(self, text):
        for part in text:
            yield part


class Loader(threading.Thread):
    def __init__(self) -> None:
        threading.Thread.__init__(self, target=self.load)  # ok: the thread drops its target when it is done
        self.pixels = bytearray(1_000_000)

    def load(self):
        return len(self.pixels)


class Reader:
    def __init__(self, parser) -> None:
        self.pixels = bytearray(1_000_000)
        self.parser = parser
        self.parser.on_end = self.on_end  # ok: the parser is let go when the text is read

    def on_end(self):
        return len(self.pixels)

    def read(self, text):
        self.parser.feed(text)
        self.parser = None


class View:
    def __init__(self, draw=None, parent=None) -> None:
        self.pixels = bytearray(1_000_000)
        self.paint = self.draw if draw is None else draw  # leak: self-referencing-closure low
        self.parent = parent or self  # leak: self-referencing-closure low

    def draw(self):
        return len(self.pixels)


def counted(table: bytes):
    def look_up(key):
        look_up.calls += 1
        return table[key]

    look_up.calls = 0
    return look_up  # ok: it lives because the caller wants it


class _Arguments:
    def __init__(self, owner):
        self.owner = owner


class _Copy:
    def __init__(self, owner):
        self.names = list(owner.names)


class Statement:
    names = ()

    @util.memoized_property  # leak: self-referencing-closure
    def arguments(self):
        return _Arguments(self)

    @functools.cached_property
    def copy(self):
        return _Copy(self)  # ok: it keeps only what it needs

    @property
    def view(self):
        return _Arguments(self)  # ok: nobody keeps it


class Table:
    @functools.cached_property  # leak: self-referencing-closure low
    def loader(self):
        return partial(self.load, 1)

    def load(self, number):
        return number


class Changing:
    @functools.cached_property
    def arguments(self):
        return _Arguments(self)  # ok: close() lets it go

    def close(self):
        del self.arguments


def filter_errors(handler, root_exc):
    def keep(exc):  # leak: self-referencing-closure
        if isinstance(exc, ExceptionGroup):
            return [keep(child) for child in exc.exceptions]
        return handler(exc)

    return keep(root_exc)


def longest(is_wanted, limit):
    def deepest(node, depth):  # ok: it captures nothing that could be much
        if depth > limit or not is_wanted(node):
            return depth
        return max(deepest(child, depth + 1) for child in node.children)

    return deepest(ROOT, 0)


class AmountForm:
    def __init__(self):
        self.amount = LineEdit()
        self.fee = LineEdit()
        self.amount.changed.connect(lambda: self.update())  # leak: self-referencing-closure
        self.fee.changed.connect(lambda: self.update())  # ok: one comment for all widgets of a form


class SendTab:
    def __init__(self):
        self.amount = LineEdit()
        self.amount.changed.connect(lambda: self.update())  # leak: self-referencing-closure low


class Reading:
    def read(self):
        def done(result):
            self._reading = None
            return result

        d = self.start()
        d.addBoth(done)  # ok: the callback lets go of it
        self._reading = d
        return d
