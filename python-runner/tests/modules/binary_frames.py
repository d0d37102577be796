# target: Decoder.feed
import struct

HEADER = struct.Struct("!HBB")


class Decoder:
    def __init__(self):
        self.frames = []

    def feed(self, data):
        length, kind, flags = HEADER.unpack(data[: HEADER.size])
        payload = data[HEADER.size : HEADER.size + length]
        self.frames.append({"kind": kind, "flags": flags, "payload": bytes(payload)})  # leak
        # instead: self.frames = [{"kind": kind}]
        return kind
