# target: Machine.fire
from enum import Enum, auto


class State(Enum):
    IDLE = auto()
    RUNNING = auto()
    DONE = auto()


class Machine:
    TRANSITIONS = {
        "start": (State.IDLE, State.RUNNING),
        "finish": (State.RUNNING, State.DONE),
        "reset": (State.DONE, State.IDLE),
    }

    def __init__(self):
        self.state = State.IDLE
        self.history = []

    def fire(self, event):
        source, target = self.TRANSITIONS[event]
        self.history.append((event, source, target))  # leak
        # instead: self.history = [(event, source, target)]
        if self.state is source:
            self.state = target
        return self.state
