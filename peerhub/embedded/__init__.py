"""PostgreSQL and Valkey of PeerHub's own, from wheels, for the demo, the tests and the checks.

Never used in production: whatever DATABASE_URL and REDIS_URL name is taken instead. Imports no
Django, so that the servers can stand before the settings are read.
"""

import shutil
import time
from collections.abc import Mapping, MutableMapping

from peerhub.embedded.folder import Folder, throwaway_folder
from peerhub.embedded.postgres import APP, OWNER, PostgreSQL
from peerhub.embedded.server import Server
from peerhub.embedded.sweep import Sweeper
from peerhub.embedded.valkey import Valkey
from peerhub.environment import Trouble

MANY_DEATHS = 5  # within a minute: then something is wrong that another start does not heal


class Services:
    """The servers that the environment does not already name, living in one folder."""

    durable = True

    def __init__(self, folder: Folder, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are PostgreSQL's own, besides those that we always give it."""
        self.folder = folder
        self.settings = settings
        self.servers: list[Server] = []
        self.deaths: list[float] = []

    def start(self, env: MutableMapping[str, str]) -> None:
        """Start what `env` does not name and write its address there."""
        try:
            if not _names(env, "DATABASE_URL"):
                postgres = PostgreSQL(self.folder, self.settings, durable=self.durable)
                self._start(postgres)
                env.update(DATABASE_URL=postgres.url(APP), DATABASE_OWNER_URL=postgres.url(OWNER))
            if not _names(env, "REDIS_URL"):
                valkey = Valkey(self.folder)
                self._start(valkey)
                env["REDIS_URL"] = valkey.url()
        except BaseException:
            self.stop()
            raise

    def bring_back(self) -> list[str]:
        """Start again what has ended, at the same address. Returns a sentence for each."""
        return [self._bring_back(server) for server in self.servers if server.has_ended()]

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.ask_to_stop()
        for server in self.servers:
            server.wait_until_stopped()
        self.servers.clear()
        self.folder.leave()

    def _start(self, server: Server) -> None:
        self.servers.append(server)
        server.start()

    def _bring_back(self, server: Server) -> str:
        now, status = time.monotonic(), server.process.returncode
        self.deaths = [death for death in self.deaths if death > now - 60] + [now]
        if len(self.deaths) > MANY_DEATHS:
            raise Trouble(f"{server.name} keeps ending (status {status}). {server.last_words()}")
        server.restart()
        return f"{server.name} ended with status {status} and was brought back on port {server.port}"


class ThrowawayServices(Services):
    """Servers in a folder of their own, gone without a trace however their owner ends."""

    durable = False

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(throwaway_folder().take(), settings)
        self.sweeper = Sweeper(self.folder)

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.folder.path, ignore_errors=True)
        self.sweeper.dismiss()


def _names(env: MutableMapping[str, str], name: str) -> bool:
    return bool(env.get(name) or env.get(f"{name}_FILE"))
