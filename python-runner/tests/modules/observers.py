# target: Model.observe
# outcome: leak
import weakref


class View:
    def __init__(self, title):
        self.title = title

    def refresh(self, model):
        return model.value


class Model:
    _instances = weakref.WeakSet()

    def __init__(self, value=0):
        self.value = value
        self.observers = []
        Model._instances.add(self)

    def observe(self, view):
        self.observers.append(view.refresh)  # leak
        # instead: self.observers = [view.refresh]
        view.refresh(self)
        return len(self.observers)
