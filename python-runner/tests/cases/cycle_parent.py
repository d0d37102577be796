# outcome: cycle-garbage, recipe: cycle, path: Node
class Node:
    def __init__(self, parent=None):
        self.parent = parent
        self.children = []
        if parent is not None:
            parent.children.append(self)


def target():
    Node(Node())
