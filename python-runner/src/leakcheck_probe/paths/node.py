"""One merged path of a snapshot: a label below another path, with what was counted there."""

from __future__ import annotations

from typing import Callable, Iterator, Optional, Sequence

# Containers nest on purpose; other types that hold their like through the same name are chains and trees.
_NESTING = (dict, list, tuple, set)
_LOOK_BACK = 6


_NO_CHILDREN: dict[str, "Node"] = {}
_NO_NAMES: dict[str, int] = {}


class Node:
    """`children` may lead back to an ancestor (a linked list is one path); `kids` is the tree without that."""

    __slots__ = ("label", "parent", "holder", "children", "kids", "slots", "bytes", "types", "type_names",
                 "limit", "limited", "of_repository", "of_tests")  # fmt: skip

    def __init__(self, label: str, parent: Optional["Node"], holder: Optional[type]) -> None:
        self.label = label
        self.parent = parent
        self.holder = holder
        # Most paths have nothing below them: they share the empty containers.
        self.children: dict[str, Node] = _NO_CHILDREN
        self.kids: Sequence[Node] = ()
        self.slots = 0
        self.bytes = 0
        self.types: dict[type, int] = {}
        self.type_names: dict[str, int] = _NO_NAMES
        self.limit = 0
        self.limited = 0
        self.of_repository = False
        self.of_tests = False

    def child(self, label: str, holder: Optional[type]) -> "Node":
        found = self.children.get(label)
        if found is None:
            found = self._same_step_before(label, holder)
            if found is None:
                found = Node(label, self, holder)
                self._add_kid(found)
            if self.children is _NO_CHILDREN:
                self.children = {}
            self.children[label] = found
        return found

    def _add_kid(self, kid: "Node") -> None:
        if not isinstance(self.kids, list):
            self.kids = []
        self.kids.append(kid)

    def _same_step_before(self, label: str, holder: Optional[type]) -> Optional["Node"]:
        wanted = 3 if holder in _NESTING else 1
        node: Optional[Node] = self
        for _ in range(_LOOK_BACK):
            if node is None:
                return None
            if node.label == label and node.holder is holder and holder is not None:
                wanted -= 1
                if not wanted:
                    return node
            node = node.parent
        return None

    def add(self, slots: int, limit: Optional[int]) -> None:
        self.slots += slots
        self.limit_to(slots, limit)

    def limit_to(self, slots: int, limit: Optional[int]) -> None:
        """Slots whose holder states a limit itself."""
        if limit is not None:
            self.limited += slots
            self.limit += limit

    def root_label(self) -> str:
        node = self
        while node.parent is not None and node.parent.parent is not None:
            node = node.parent
        return node.label

    def ancestors(self) -> Iterator["Node"]:
        """The path from the root to here, both included."""
        chain = []
        node: Optional[Node] = self
        while node is not None and node.parent is not None:
            chain.append(node)
            node = node.parent
        return reversed(chain)

    def text(self) -> str:
        return "".join(node.label for node in self.ancestors())

    def forget_types(self, is_of_repository: Callable[[type], bool]) -> None:
        """Replace classes by their names, so that the snapshot keeps no class alive."""
        stack = [self]
        while stack:
            node = stack.pop()
            node.type_names = {}
            for kind, count in node.types.items():
                name = kind.__name__
                node.type_names[name] = node.type_names.get(name, 0) + count
                node.of_repository = node.of_repository or is_of_repository(kind)
            node.types = {}
            node.holder = None
            node.children = _NO_CHILDREN
            stack.extend(node.kids)
