"""Databases of tests' own, cloned from one that is ready: that takes a tenth of a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg

from geo_data.database import parse_url, plain_url


@contextmanager
def cloned(cluster_url: str, template: str) -> Iterator[str]:
    """A database cloned from ``template``, dropped at the end."""
    name = f"gz_test_{uuid4().hex}"
    with administration(cluster_url) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield database_url(cluster_url, name)
    with administration(cluster_url) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def administration(cluster_url: str) -> Iterator[psycopg.Connection]:
    """A connection on the maintenance database, where databases are made and dropped."""
    with psycopg.connect(plain_url(database_url(cluster_url, "postgres")), autocommit=True) as server:
        yield server


def database_url(cluster_url: str, name: str) -> str:
    """Address of another database of the same server."""
    return parse_url(cluster_url).set(database=name).render_as_string(hide_password=False)


def when_left(cluster_url: str, name: str) -> None:
    """Wait until nobody is connected to a database: a server process ends a moment after its client, and who is there forbids a clone."""
    limit_s = time.monotonic() + 60
    with administration(cluster_url) as server:
        while server.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", [name]
        ).fetchone():
            assert time.monotonic() < limit_s, f"Somebody stays connected to {name}."
            time.sleep(0.02)
