"""Reference cycles, which the collector alone frees, and code that looks as if it had some."""

import functools
import weakref


class Node:
    def __init__(self, parent=None):
        self.parent = parent
        self.children = []
        self.payload = bytearray(500)
        if parent is not None:
            parent.children.append(self)


def build_tree(depth: int):
    root = Node()
    for _ in range(3):
        Node(root)
    return len(root.children)


# cycle-garbage reference-cycle | target: build_tree
def case_parent_and_children(number):
    return build_tree(3)


class WeakNode:
    def __init__(self, parent=None):
        self.parent = weakref.ref(parent) if parent is not None else None
        self.children = []
        if parent is not None:
            parent.children.append(self)


def build_weak_tree(depth: int):
    root = WeakNode()
    for _ in range(3):
        WeakNode(root)
    return len(root.children)


# clean reference-cycle | target: build_weak_tree
def case_weak_parent(number):
    return build_weak_tree(3)


class Connection:
    def __init__(self):
        self.on_close = self.closed
        self.buffer = bytearray(1000)

    def closed(self):
        return len(self.buffer)


def connect(host: str):
    return Connection().on_close()


# cycle-garbage reference-cycle | target: connect
def case_bound_method_on_self(number):
    return connect("localhost")


class PlainConnection:
    def __init__(self):
        self.buffer = bytearray(1000)

    def closed(self):
        return len(self.buffer)


def connect_plainly(host: str):
    return PlainConnection().closed()


# clean reference-cycle | target: connect_plainly
def case_method_not_kept(number):
    return connect_plainly("localhost")


def walk(tree: list):
    """A recursive inner function refers to itself through its cell."""

    def visit(node):
        return 1 + sum(visit(child) for child in node)

    return visit([[], [[]]])


# cycle-garbage reference-cycle | target: walk
def case_recursive_closure(number):
    return walk([])


def walk_plainly(tree: list):
    def visit(node, again):
        return 1 + sum(again(child, again) for child in node)

    return visit([[], [[]]], visit)


# clean reference-cycle | target: walk_plainly
def case_closure_given_itself(number):
    return walk_plainly([])


def keeps_error(text: str):
    problem = None
    try:
        int(text)
    except ValueError as error:
        problem = error
    return problem is not None


# cycle-garbage reference-cycle | target: keeps_error
def case_error_in_a_local(number):
    return keeps_error("x")


def drops_error(text: str):
    problem = None
    try:
        int(text)
    except ValueError as error:
        problem = str(error)
    return problem


# clean reference-cycle | target: drops_error
def case_text_of_the_error(number):
    return drops_error("x")


class Registry:
    """Parents and children, taken apart at the end."""

    def __init__(self):
        self.items = [[self, number] for number in range(3)]

    def close(self):
        self.items.clear()


def use_registry(count: int):
    registry = Registry()
    try:
        return len(registry.items)
    finally:
        registry.close()


# clean reference-cycle | target: use_registry
def case_cycle_taken_apart(number):
    return use_registry(3)


class Timer:
    def __init__(self):
        self.callback = functools.partial(self.fire, 1)

    def fire(self, times):
        return times


def start_timer(delay: float):
    return Timer().callback()


# cycle-garbage reference-cycle | target: start_timer
def case_partial_of_own_method(number):
    return start_timer(0.5)


class Model:
    def __init__(self):
        self.layers = {}
        self.layers["self"] = self
        self.weights = bytearray(50_000)


def train(steps: int):
    return len(Model().weights)


# cycle-garbage reference-cycle | target: train
def case_large_object_in_its_own_dict(number):
    return train(1)


class Doubly:
    def __init__(self):
        self.next = None
        self.previous = None


def ring(size: int):
    first = last = Doubly()
    for _ in range(4):
        last.next = Doubly()
        last.next.previous = last
        last = last.next
    return first.next is not None


# cycle-garbage reference-cycle | target: ring
def case_doubly_linked_list(number):
    return ring(4)


def chain(size: int):
    head = None
    for number in range(5):
        head = (number, head)
    return head


# clean reference-cycle | target: chain
def case_singly_linked_list(number):
    return chain(5)


def make_class(name: str):
    """A class is a cycle by itself, which nobody can break."""

    class Row:
        __slots__ = ("name",)

    row = Row()
    row.name = name
    return row.name


# clean reference-cycle | target: make_class
def case_class_per_call(number):
    return make_class("x")


def finalised(name: str):
    node = PlainConnection()
    weakref.finalize(node, len, name)
    return len(node.buffer)


# clean reference-cycle | target: finalised
def case_finalizer_that_runs(number):
    return finalised("x")


_keep_alive = []


class Resource:
    """A finalizer whose arguments keep the object."""

    def __init__(self):
        self.data = bytearray(300)
        weakref.finalize(self, self.close)

    def close(self):
        self.data = None


# leak reference-cycle | target: Resource
def case_finalizer_that_never_runs(number):
    Resource()
