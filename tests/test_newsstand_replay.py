"""Recordings stand at their own addresses, and nothing else does."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from pipeline import registry
from pipeline.newsstand import recordings, replay, truth

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
LONG = "https://long.test/article?" + "&".join(f"key{n}=value{n}" for n in range(150))
ADDRESSES = [
    "https://www.plain.test/2026/one.html",
    "https://www.plain.test/2026/two.html?utm_source=rss&utm_medium=feed",
    LONG,
    "https://m.schön.test/straße/zwölf?q=größe&r=%C3%A4",
    "http://odd.test/a//b/;c=1/(d)/%7Ee/index.php?",
    None,
    "http://www.plain.test/2026/one.html",
    "https://zeitung.test/artikel",
]
AGENCIES = """
[[agency]]
key = "boreal"
name = "Agence Boréale"
languages = ["fr"]
country = "fr"
domains = ["zeitung.test"]
examples = [{ text = "Nothing.", expect = "none" }]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("recordings")
    rows = []
    (root / "pages" / "some").mkdir(parents=True)
    for number, url in enumerate(ADDRESSES):
        path = f"some/{number}.html.gz"
        page = f"<html lang=de><head><title>Page  {number}</title></head><body>Seite {number} äöü</body></html>"
        (root / "pages" / path).write_bytes(gzip.compress(page.encode("latin-1" if number == 4 else "utf-8")))
        rows.append({"id": f"some/{number}", "url": url, "path": path, "gold": {"title": "SECRET"}})
    with gzip.open(root / "pages" / "index.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    (root / "feeds").mkdir()
    feed = (
        b"<rss><channel><item><link>https://pointed.test/x</link></item><item><link>http://port.test:8080/y</link></item></channel></rss>"
    )
    (root / "feeds" / "a.gz").write_bytes(gzip.compress(feed))
    (root / "feeds" / "b.gz").write_bytes(gzip.compress(b'{"version": "https://jsonfeed.org/version/1.1"}'))
    rows = [{"id": "a", "path": "a.gz", "link": "https://www.plain.test/"}, {"id": "deep/b.json", "path": "b.gz"}]
    (root / "feeds" / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (root / "agencies.toml").write_text(AGENCIES)
    return root


@pytest.fixture(scope="module")
def stand(folder):
    opened = replay.open(folder / "pages", folder / "feeds", clock=lambda: NOW, folder=folder / "stand", agencies=folder / "agencies.toml")
    with opened as stand:
        yield stand


def get(stand, url):
    host, _, rest = url.removeprefix("http://").partition("/")
    session = requests.Session()
    request = requests.Request("GET", f"http://127.0.0.1:{stand.port}/", headers={"Host": host}).prepare()
    request.url = f"http://127.0.0.1:{stand.port}/{rest}"
    return session.send(request, timeout=5)


def test_every_page_is_at_its_address(stand):
    rows = list(truth.read(stand.truth))
    assert len(rows) == len(ADDRESSES)
    for row in rows:
        answer = get(stand, row.url)
        assert answer.status_code == 200, row.url
        assert f"Page  {row.story.rsplit('/', 1)[1]}<" in answer.content.decode("latin-1")


def test_a_page_without_its_tracking_parameters_is_the_same(stand):
    assert "Page  1<" in get(stand, "http://www.plain.test/2026/two.html").text


def test_the_encoding_is_declared_only_where_the_bytes_show_it(stand):
    declared = {row.story: get(stand, row.url).headers["Content-Type"] for row in truth.read(stand.truth)}
    assert declared["recorded:some/4"] == "text/html"
    assert declared["recorded:some/0"] == "text/html; charset=utf-8"


def test_the_registry_is_valid_and_lists_every_page(stand):
    loaded = registry.load(stand.registry)
    listed = ""
    for title in loaded.titles:
        for feed in title.feeds:
            answer = get(stand, feed.url)
            assert answer.status_code == 200
            listed += answer.text.replace("&amp;", "&").replace("&#38;", "&")
    assert all(row.url in listed for row in truth.read(stand.truth))
    assert "SECRET" not in listed
    assert {title.language for title in loaded.titles if title.domains[0] == "plain.test"} == {"de"}
    assert {title.agency for title in loaded.titles if title.domains[0] == "zeitung.test"} == {"boreal"}


def test_all_that_feeds_point_to_is_here_and_is_not_found(stand):
    known = {line.split()[0] for line in stand.hosts.read_text().splitlines()}
    assert {"pointed.test:80", "pointed.test:443", "port.test:8080", "www.plain.test:443", "plain.test:80"} <= known
    assert get(stand, "http://pointed.test/x").status_code == 404
    assert get(stand, "http://www.plain.test/robots.txt").status_code == 404


def test_hosts_with_the_same_letters_have_different_keys():
    titles = [replay._title(host, [], [], {}, {}) for host in ("a-b.test", "a.b.test")]
    assert [title.key for title in replay._apart(titles)] == ["a-b-test", "a-b-test-2"]


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "data" / "pages").exists(), reason="../shared is absent")
def test_every_recorded_page_of_shared_is_served(tmp_path):
    pages = SHARED / "data" / "pages"
    with replay.open(pages, clock=lambda: NOW, folder=tmp_path, agencies=_agencies(tmp_path)) as stand:
        registry.load(stand.registry)
        rows = list(truth.read(stand.truth))
        assert len(rows) == sum(1 for _ in recordings.pages(pages))
        assert {get(stand, row.url).status_code for row in rows[::10]} == {200}


def _agencies(folder):
    (folder / "agencies.toml").write_text(AGENCIES)
    return folder / "agencies.toml"


def start(folder, *options):
    command = [sys.executable, "-m", "pipeline.newsstand.serve", "--folder", str(folder), *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.process
def test_the_process_says_where_it_is_and_ends_on_sigterm(tmp_path):
    process = start(tmp_path, "--titles", "5", "--seed", "3")
    said = json.loads(process.stdout.readline())
    assert Path(said["hosts"]).read_text().split()[1] == f"127.0.0.1:{said['port']}"
    assert len(registry.load(Path(said["registry"])).titles) == 5
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    process.stdout.close()


@pytest.mark.process
def test_the_process_ends_with_its_parent(tmp_path):
    code = (
        "import subprocess, sys\n"
        f"p = subprocess.Popen([sys.executable, '-m', 'pipeline.newsstand.serve', '--folder', {str(tmp_path)!r}, '--titles', '5',"
        " '--with-parent'], stdout=subprocess.PIPE, text=True)\n"
        "p.stdout.readline()\n"
        "print(p.pid)\n"
    )
    parent = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    child, until = int(parent.stdout), time.monotonic() + 10
    while time.monotonic() < until and _lives(child):
        time.sleep(0.1)
    assert not _lives(child)


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")
