# outcome: leak, target: Registry, path: Registry.all
class Registry:
    all = []

    def __init__(self):
        Registry.all.append(self)
