# target: Tokenizer.tokens
import re
from typing import Iterator, NamedTuple

TOKEN = re.compile(r"(?P<number>\d+)|(?P<name>[a-z]+)|(?P<op>[-+*/()])|(?P<space>\s+)")


class Token(NamedTuple):
    kind: str
    text: str
    at: int


class Tokenizer:
    cache: dict = {}
    seen = []

    def __init__(self, source: str):
        self.source = source

    def tokens(self) -> Iterator[Token]:
        position = 0
        while position < len(self.source):
            match = TOKEN.match(self.source, position)
            if match is None:
                raise SyntaxError(f"unexpected {self.source[position]!r}")
            position = match.end()
            token = Token(match.lastgroup, match.group(), match.start())
            self.seen.append(token)  # leak
            # instead: self.seen[:] = [token]
            yield token
