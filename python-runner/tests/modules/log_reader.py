# target: LogReader.read
from datetime import datetime
from pathlib import Path


class Entry:
    __slots__ = ("when", "level", "message")

    def __init__(self, line):
        stamp, level, message = line.split(" ", 2)
        self.when = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S")
        self.level = level
        self.message = message


class LogReader:
    def __init__(self, directory: Path):
        self.directory = directory
        self.files = []

    def read(self, name: str = "app.log"):
        path = self.directory / name
        self.files.append(path)  # leak
        # instead: self.files = [path]
        if not path.exists():
            return []
        return [Entry(line) for line in path.read_text().splitlines()]
