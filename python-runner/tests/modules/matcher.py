# target: Shell.execute
class Shell:
    """Commands as tuples."""

    def __init__(self):
        self.undo = []
        self.variables = {}

    def execute(self, command, argument):
        if command == "set":
            name, value = argument.split("=", 1)
            self.undo.append((name, self.variables.get(name), value))  # leak
            # instead: self.undo = [(name, value)]
            self.variables[name] = value
        elif command == "unset":
            del self.variables[argument]
        else:
            raise ValueError(command)
        return len(self.variables)
