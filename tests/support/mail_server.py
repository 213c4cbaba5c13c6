"""A mail server on the loopback that keeps what it is given, or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class FakeMailServer(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as is needed to take a message, or to refuse it."""

    def handle(self) -> None:
        self.say("220 fake")
        for raw in self.rfile:
            word = raw.split()[0].upper()
            if word == b"QUIT":
                self.say("221 bye")
                return
            if word == b"DATA":
                self.take()
            else:
                self.say("250 ok" if word != b"RCPT" or not self.server.refuses else "550 no such mailbox")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (raw := self.rfile.readline()) != b".\r\n":
            lines.append(raw)
        self.server.taken.append(b"".join(lines))
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def mail_server(*, refuses: bool = False) -> Iterator[socketserver.TCPServer]:
    with socketserver.TCPServer(("127.0.0.1", 0), FakeMailServer) as server:
        server.taken, server.refuses = [], refuses
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
