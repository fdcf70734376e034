"""Stands between us and a server, and can take it away: connections break, and new ones are refused."""

import socket
import threading
from contextlib import suppress


class Proxy:
    """Passes bytes both ways while it is there. A thread accepts, two carry for each connection."""

    def __init__(self, host, port):
        self.target, self.port, self.open, self.pairs = (host, port), 0, None, []

    def start(self):
        """On the same port as before, if there was one."""
        self.open = socket.create_server(("127.0.0.1", self.port))
        self.port = self.open.getsockname()[1]
        threading.Thread(target=self._accept, args=[self.open], daemon=True).start()

    def stop(self):
        """As when the server's computer loses its power."""
        for one in [self.open, *self.pairs]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.pairs = []

    def _accept(self, server):
        with suppress(OSError):
            while True:
                near, _address = server.accept()
                far = socket.create_connection(self.target)
                self.pairs += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=[one, other], daemon=True).start()

    def _carry(self, one, other):
        with suppress(OSError):
            while heard := one.recv(65_536):
                other.sendall(heard)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
