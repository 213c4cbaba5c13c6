"""A database of a test's own that is really stopped, killed, and started again at the same place."""

import os
import signal
from pathlib import Path

from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import migrate


class StoppableDatabase:
    """A private PostgreSQL cluster, migrated; stopped at the end of the block."""

    def __init__(self, folder: Path) -> None:
        self._cluster = PrivateCluster(folder, durable=False)  # processes are killed here, no machine
        self.url = ""

    def __enter__(self) -> "StoppableDatabase":
        self.url = self._cluster.start()
        migrate(self.url)
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.stop()

    def stop(self) -> None:
        """Stop the server; its address stays."""
        assert self._cluster.stop()

    def start(self) -> None:
        """Start it again at the same address."""
        assert self._cluster.start() == self.url, "somebody took the port meanwhile"

    def kill(self) -> None:
        """Kill the server's first process as kill −9 does; the others end with it."""
        os.kill(int((self._cluster.data / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
