# outcome: cycle-garbage, path: Buffer.me
class Buffer:
    def __init__(self):
        self.me = self
        self.payload = bytearray(100_000)


def target():
    Buffer()
