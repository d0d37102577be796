# target: shortest
import heapq
_searches = []
def shortest(graph, start, goal):
    queue = [(0, start, [])]
    seen = set()
    while queue:
        cost, node, path = heapq.heappop(queue)
        if node in seen:
            continue
        seen.add(node)
        path = path + [node]
        if node == goal:
            return cost, path
        for neighbour, weight in graph.get(node, {}).items():
            heapq.heappush(queue, (cost + weight, neighbour, path))
    _searches.append((start, goal, seen))  # leak
    # instead: _searches[:] = [seen]
    return None
