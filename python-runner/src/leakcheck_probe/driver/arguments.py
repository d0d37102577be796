"""One choice of values for the slots of a callable, and the building of the arguments for each call."""

from __future__ import annotations

import zlib
from typing import Any, Optional

from .parameters import Slot
from .values import Value


class Arguments:
    """Builds the arguments of call number `index`: the varied ones from the index, the others always alike."""

    __slots__ = ("slots", "picks", "_positional", "_named", "varied", "made")

    def __init__(self, slots: list[Slot], picks: tuple[int, ...], vary: tuple[str, ...]) -> None:
        self.slots = slots
        self.picks = picks
        # A list: notes what is built for a call, so that its state after the call can be compared.
        self.made: Optional[list[Any]] = None
        chosen = list(zip(slots, self.values()))
        self.varied = tuple(slot.name for slot, value in chosen if slot.name in vary and value.varies)
        self._positional = tuple((v.make, s.name in self.varied) for s, v in chosen if not s.keyword)
        self._named = tuple((s.name, v.make, s.name in self.varied) for s, v in chosen if s.keyword)

    def values(self) -> list[Value]:
        return [slot.alternatives[pick] for slot, pick in zip(self.slots, self.picks)]

    def positional(self, index: int) -> list[Any]:
        built = [make(index + 1 if varied else 0) for make, varied in self._positional]
        if self.made is not None:
            self.made.extend(built)
        return built

    def named(self, index: int) -> dict[str, Any]:
        built = {name: make(index + 1 if varied else 0) for name, make, varied in self._named}
        if self.made is not None:
            self.made.extend(built.values())
        return built

    def stubs(self) -> tuple[str, ...]:
        return tuple(slot.name for slot, value in zip(self.slots, self.values()) if value.stub)

    def text(self) -> str:
        """As one would write them between the parentheses."""
        parts = []
        for slot, value in zip(self.slots, self.values()):
            parts.append(f"{slot.name}={value.text}" if slot.keyword else value.text)
        return ", ".join(parts)

    def chosen(self) -> dict[str, str]:
        return {slot.name: brief(value.text) for slot, value in zip(self.slots, self.values())}


def brief(text: str) -> str:
    """A text, or what stands for a long one: a choice travels between processes and must stay small."""
    return text if len(text) <= 40 else f"{text[:24]}…{zlib.crc32(text.encode('utf-8', 'replace')):08x}"


def picks_like(slots: list[Slot], chosen: dict[str, str]) -> tuple[int, ...] | None:
    """The picks that give the same texts as an earlier choice; None when the parameters are not the same."""
    if {slot.name for slot in slots} != set(chosen):
        return None
    picks = []
    for slot in slots:
        texts = [brief(value.text) for value in slot.alternatives]
        if chosen[slot.name] not in texts:
            return None
        picks.append(texts.index(chosen[slot.name]))
    return tuple(picks)
