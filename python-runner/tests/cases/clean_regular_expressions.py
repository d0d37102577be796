# outcome: clean
import re


def target(text: str):
    return [re.sub(rf"a{{{i}}}", "b", text) for i in range(5)]
