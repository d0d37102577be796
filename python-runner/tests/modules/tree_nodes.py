# target: Tree.insert
class Node:
    def __init__(self, key, value, parent=None):
        self.key, self.value, self.parent = key, value, parent
        self.left = self.right = None


class Tree:
    """An unbalanced binary tree that never forgets a version."""

    def __init__(self):
        self.root = None
        self.versions = []

    def insert(self, key: int, value):
        node, parent = self.root, None
        while node is not None and node.key != key:
            parent, node = node, node.left if key < node.key else node.right
        if node is None:
            node = Node(key, value, parent)
            if parent is None:
                self.root = node
        node.value = value
        self.versions.append((key, value))  # leak
        # instead: self.versions = [(key, value)]
        return node
