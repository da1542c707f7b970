"""A real Postgres for tests: import the fixture into a conftest, or call `news` with a folder."""

from __future__ import annotations

import pytest

from pipeline.machine.postgres import Server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The embedded Postgres in a folder of this session; `.create(name, template=...)` makes a database, `.url(name)` names it."""
    with Server(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server
