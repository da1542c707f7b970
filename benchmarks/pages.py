"""How long the pages of the UI take on a filled database: `python -m benchmarks.pages [--articles N] [--folder F] [--check]`.

The news is that of benchmarks/questions.py; to it come 5,000 feeds with a week of polls, 300,000 refusals, editions, alarms. Each page is
asked ten times through the application as Airflow mounts it, on a connection of its own each time, and the slowest of the ten counts. With
it is printed what Postgres alone takes for a `SELECT` of one row through the same door: what a page costs at the least here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import questions
from pipeline.machine.postgres import Server
from pipeline.settings import Settings
from pipeline.store import connect, migrate
from pipeline.ui.app import House, build
from pipeline.ui.visitor import Visitor

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

FILL = Path(__file__).with_suffix(".sql")
TIMES = 10
CEILING = 300.0  # milliseconds of server time: issue F
SEARCH = ("words of all but", "texts as words", "indexes of words")  # statements that fill what no page reads
NOW = "2026-03-02T00:00:00+00:00"


def filled(url: str, articles: int) -> None:
    """Fill a database with the news of the questions, without the words that only search needs; then with what the pages show."""
    migrate.up(url)
    with connect(url, autocommit=True) as connection:
        for setting, value in (("synchronous_commit", "off"), ("work_mem", "256MB"), ("fill.articles", str(articles))):
            connection.execute("SELECT set_config(%s, %s, false)", [setting, value])
        for file in (questions.FILL, FILL):
            for statement in file.read_text(encoding="utf-8").split("\n\n-- "):
                title, _, text = statement.removeprefix("-- ").partition("\n")
                if not title.startswith(SEARCH):
                    print(f"  {title}", file=sys.stderr)
                    connection.execute(text.encode())
        connection.execute("VACUUM ANALYZE")


def addresses(url: str) -> list[str]:
    """Return a page of each kind, and the widest windows."""
    with connect(url) as connection:
        (story, left, right) = connection.execute(
            "SELECT story_id, min(article_id), max(article_id) FROM core.story_article JOIN core.reach USING (story_id)"
            " WHERE titles > 100 GROUP BY story_id ORDER BY story_id DESC LIMIT 1"
        ).fetchone()
        (address, headline) = connection.execute(
            "SELECT url, headline FROM core.article JOIN core.article_version USING (article_id) WHERE article_id = %s", [left]
        ).fetchone()
    return [
        "/", "/feeds", "/feeds?sort=newest", "/feeds?q=title+99&health=failing", "/feeds/40", "/reviews",
        "/stories", "/stories?sort=largest&days=7", "/stories?sort=largest&days=30", "/stories?agency=wire1&days=7",
        "/stories?single=1&days=30&page=9", "/stories?title=title-99&single=1&days=30&sort=largest",
        "/stories?title=title-99&agency=wire1&days=30",
        f"/stories/{story}", f"/stories/{story}/compare?left={left}&right={right}",
        "/refusals", "/refusals?days=7", "/refusals?days=30", "/refusals/off_domain?days=30",
        "/agencies", "/agencies?days=7", "/agencies?days=30", f"/article?url={address}", "/article?url=http://nobody.test/",
        f"/article?{urlencode({'url': headline})}", "/article?url=nowhere+to+be+found", "/article?url=headline",
        "/runbook", "/runbook?q=not+found",
    ]  # fmt: skip


def measured(url: str) -> dict[str, tuple[float, float, int]]:
    """Return the median, the slowest and the size of each page."""
    settings = Settings(database_url=url, clock=f"{NOW} {NOW} 0")
    app = build(House(settings=settings, where=lambda: url, key="key"), lambda: Visitor(name="ada", may_act=True))
    figures = {}
    with TestClient(app) as client:
        for path in addresses(url):
            client.get(path)  # the first warms the cache up
            runs = []
            for _ in range(TIMES):
                started = time.perf_counter()
                answer = client.get(path)
                runs.append((time.perf_counter() - started) * 1000)
                if answer.status_code != 200:
                    sys.exit(f"{path}: {answer.status_code}")
            runs.sort()
            figures[path] = (runs[len(runs) // 2], runs[-1], len(answer.content))
    return figures


def least(url: str) -> float:
    """Return the milliseconds of a connection and one row."""
    started = time.perf_counter()
    with connect(url) as connection:
        connection.execute("SELECT 1")
    return (time.perf_counter() - started) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the database here, and use one that is there")
    parser.add_argument("--check", action="store_true", help=f"fail if a page takes over {CEILING:.0f} ms")
    options = parser.parse_args()
    with Server(options.folder or Path(tempfile.mkdtemp(prefix="pages-")), durable=False) as server:
        name = f"pages_{options.articles}"
        mark = server.folder / f"{name}.done"
        url = server.create(name)
        if not mark.exists():
            server.drop(name)
            url = server.create(name)
            filled(url, options.articles)
            mark.touch()
        figures = measured(url)
        print(f"{options.articles:,} articles; a connection and one row: {least(url):.0f} ms\n{'p50 ms':>8} {'max ms':>8} {'kB':>6}  page")
        for path, (middle, slowest, size) in figures.items():
            print(f"{middle:>8.0f} {slowest:>8.0f} {size / 1024:>6.0f}  {path[:90]}")
    slow = [path for path, (_, slowest, _) in figures.items() if slowest > CEILING]
    if options.check and slow:
        sys.exit(f"over {CEILING:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
