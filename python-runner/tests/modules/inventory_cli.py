# target: run
import argparse
import shlex

_history = []


def build_parser():
    parser = argparse.ArgumentParser(prog="inventory")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add")
    add.add_argument("item")
    add.add_argument("--count", type=int, default=1)
    commands.add_parser("list")
    return parser


PARSER = build_parser()


def run(argv=None):
    """Runs one command.

    >>> run(["add", "spoon", "--count", "3"])
    3
    """
    options = PARSER.parse_args(argv)
    _history.append(vars(options))  # leak
    # instead: _history[:] = [options]
    if options.command == "add":
        return options.count
    return len(_history)


def main(line="list"):
    return run(shlex.split(line))
