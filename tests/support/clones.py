"""Databases of tests' own, cloned from one that is ready: that takes a fraction of a tenth of a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg.errors import ObjectInUse

from geo_data.database import parse_url, plain_url

LIMIT_S = 300.0  # a guard: somebody stays connected
COPIES_FILES = 150_000  # PostgreSQL 15 is the first that can be asked to; those before know no other way


@contextmanager
def cloned(cluster_url: str, template: str) -> Iterator[str]:
    """A database cloned from ``template``, dropped at the end."""
    name = f"gz_test_{uuid4().hex}"
    with administration(cluster_url) as server:
        # Half the time of writing it all anew.
        how = "STRATEGY file_copy" if server.info.server_version >= COPIES_FILES else ""
        when_left(server, f"CREATE DATABASE {name} TEMPLATE {template} {how}")
    yield database_url(cluster_url, name)
    with administration(cluster_url) as server:
        when_left(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def administration(cluster_url: str) -> Iterator[psycopg.Connection]:
    """A connection on the maintenance database, where databases are made and dropped."""
    with psycopg.connect(plain_url(database_url(cluster_url, "postgres")), autocommit=True) as server:
        yield server


def database_url(cluster_url: str, name: str) -> str:
    """Address of another database of the same server."""
    return parse_url(cluster_url).set(database=name).render_as_string(hide_password=False)


def when_left(server: psycopg.Connection, command: str) -> None:
    """Do to a database what nobody may be connected to it for, once everybody has left.

    A server process ends a moment after its client or after its own termination; PostgreSQL waits for it, but for 5 s only.
    """
    limit_s = time.monotonic() + LIMIT_S
    while True:
        try:
            server.execute(command.encode())
        except ObjectInUse:
            if time.monotonic() > limit_s:
                raise
        else:
            return
