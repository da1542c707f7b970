"""A real Postgres for the whole run; each test gets a rolled-back transaction, or a database of its own."""

import itertools

import pytest

from pipeline.machine.postgres import Server
from pipeline.store import connect, migrate

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A server with a migrated database "migrated", the template of all others."""
    with Server(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        migrate.up(server.create("migrated"))
        yield server


@pytest.fixture
def database(postgres):
    """The address of a migrated database that is this test's alone."""
    name = f"test_{next(_numbers)}"
    yield postgres.create(name, template="migrated")
    postgres.drop(name)


@pytest.fixture
def news(postgres):
    """A connection to the migrated database, in a transaction that is rolled back."""
    with connect(postgres.url("migrated")) as connection, connection.transaction(force_rollback=True):
        yield connection
