"""Slots per merged path, by forward breadth-first search from the roots."""

from __future__ import annotations

from typing import Mapping, Optional


class Snapshot:
    """`held`: what the probe itself keeps for the target, by name. Stops at `nodes` objects or after `seconds`."""

    def __init__(
        self,
        root: str,
        held: Optional[Mapping[str, object]] = None,
        earlier: Optional["Snapshot"] = None,
        nodes: int = 1_000_000,
        seconds: float = 2.0,
    ) -> None:
        raise NotImplementedError
