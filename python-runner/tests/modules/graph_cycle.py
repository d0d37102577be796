# target: build
# outcome: cycle-garbage
class Vertex:
    def __init__(self, name):
        self.name = name
        self.edges = []


class Edge:
    def __init__(self, source, target, weight=1.0):
        self.source, self.target, self.weight = source, target, weight
        source.edges.append(self)  # leak
        # instead: self.key = (source.name, target.name)


def build(pairs):
    vertices = {}
    for source, target in pairs:
        for name in (source, target):
            vertices.setdefault(name, Vertex(name))
        Edge(vertices[source], vertices[target])
    return len(vertices)
