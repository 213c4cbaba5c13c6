"""Connections that end in the middle: by the database's administrator, on the way to it, on the way to the service."""

import time
from dataclasses import dataclass

import psycopg

from tools.faults.proxy import DOWN, UP, Line
from tools.faults.site import Site

IN_THE_MIDDLE = """
SELECT pid FROM pg_stat_activity
WHERE application_name = 'gzdispatch' AND xact_start IS NOT NULL AND state <> 'idle'
"""
LOOKS = 400
WAIT_S = 3.0
CLOSED_S = 3.0


@dataclass(frozen=True)
class Terminate:
    """End a connection that is inside a transaction."""

    name: str = "pg_terminate_backend inside a transaction"
    is_kill: bool = False

    def inject(self, site: Site) -> bool:
        """Look until somebody is inside one."""
        with psycopg.connect(site.database.url, autocommit=True, application_name="faults") as administrator:
            for _ in range(LOOKS):
                found = [row[0] for row in administrator.execute(IN_THE_MIDDLE)]
                if found:
                    victim = site.random.choice(found)
                    return bool(administrator.execute("SELECT pg_terminate_backend(%s)", [victim]).fetchone())
                time.sleep(0.005)
        return False


@dataclass(frozen=True)
class CutAll:
    """Every connection of a line ends at once, and for a while there is no other."""

    name: str
    of_database: bool
    is_kill: bool = False

    def inject(self, site: Site) -> bool:
        """Cut."""
        line = _line(site, of_database=self.of_database)
        if line is None:
            return False
        line.close()
        time.sleep(site.random.uniform(0.0, CLOSED_S))
        line.open()
        return True


@dataclass(frozen=True)
class CutInside:
    """A connection ends after some bytes of a question or of an answer."""

    name: str
    of_database: bool
    way: str
    most_bytes: int
    is_kill: bool = False

    def inject(self, site: Site) -> bool:
        """Arm the line and wait until it has cut."""
        line = _line(site, of_database=self.of_database)
        if line is None:
            return False
        line.cut_after(site.random.randrange(self.most_bytes), self.way)
        limit_s = time.monotonic() + WAIT_S
        while line.is_armed and time.monotonic() < limit_s:
            time.sleep(0.01)
        return not line.is_armed


def _line(site: Site, *, of_database: bool) -> Line | None:
    return site.wire if of_database else site.line


HTTP_ALL = CutAll("line to the service down", of_database=False)
HTTP_QUESTION = CutInside("cut inside a question to the service", of_database=False, way=UP, most_bytes=1500)
HTTP_ANSWER = CutInside("cut inside an answer of the service", of_database=False, way=DOWN, most_bytes=4000)
WIRE_ALL = CutAll("line to the database down", of_database=True)
WIRE_QUESTION = CutInside("cut inside a question to the database", of_database=True, way=UP, most_bytes=6000)
WIRE_ANSWER = CutInside("cut inside an answer of the database", of_database=True, way=DOWN, most_bytes=6000)
