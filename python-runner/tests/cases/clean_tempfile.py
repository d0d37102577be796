# outcome: clean
import os
import tempfile


def target():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.txt")
        with open(path, "w") as file:
            file.write("x" * 1000)
        with open(path) as file:
            return len(file.read())
