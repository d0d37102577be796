# outcome: leak, target: Log.write, path: entries
class Log:
    def __init__(self):
        self.entries = []

    def write(self, line: str):
        self.entries.append([line])
