# target: Client.send
"""A client that has to be connected before it sends."""


class Transport:
    def __init__(self):
        self.written = 0

    def write(self, data):
        self.written += len(data)


class Client:
    def __init__(self, name="client"):
        self.name = name
        self.transport = None
        self.outbox = []

    def connect(self, transport=None):
        self.transport = transport or Transport()

    def send(self, message):
        self.transport.write(message.encode("utf-8"))
        self.outbox.append(message.split())  # leak
        # instead: self.outbox = [message]
        return self.transport.written
