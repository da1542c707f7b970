"""How long the sixteen questions and search take on a filled database: `python -m benchmarks.questions [--articles N ...] [--check]`.

News is invented in bulk inside Postgres, with the skew that news has: a few large titles and many small ones, a few agencies that most
run, stories with one copy and stories with two hundred, days that follow each other, words by Zipf's law. What publish keeps is filled by
publish's own statements, so filling measures those, too. Each question is asked about ten different things; the table prints p50 and p95
in milliseconds, rows, and the node of its plan that takes longest. Below them, bytes and milliseconds per article.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.cli import answers
from pipeline.machine.postgres import Server
from pipeline.settings import ROOT, Settings
from pipeline.steps import counted
from pipeline.steps.edges import opened
from pipeline.steps.events import events
from pipeline.store import Connection, connect, migrate, questions

FILL = ROOT / "benchmarks" / "questions.sql"
SIZES = (100_000, 1_000_000)
TIMES = 10  # different askings of each question
CEILING = 200.0  # milliseconds, p95 at a million
NOW = datetime(2026, 3, 2, tzinfo=UTC)
AGENCIES = ("wire1", "wire2", "wire3", "wire5", "wire8")
SEARCHES = ("w17", "w250 w31", '"w40 w41"', "w900", "w3000 or w4000", "w12 -w13", "w5", "w77 w78 w79", "w20000", "w350")


def filled(url: str, articles: int) -> float:
    """Fill a database and return the milliseconds an article that publish's part of it took."""
    migrate.up(url)
    with connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SELECT set_config('fill.articles', %s, false)", [str(articles)])
        for statement in FILL.read_text(encoding="utf-8").split("\n\n-- "):
            print(f"  {statement.removeprefix('-- ').splitlines()[0]}", file=sys.stderr)
            connection.execute(statement.partition("\n")[2].encode())
        milliseconds = _counted(connection, 20_000, counted.BATCH)
        _counted(connection, articles, articles)  # all others at once
        connection.execute("VACUUM ANALYZE")
    _happened(url)
    return milliseconds


def _happened(url: str) -> None:
    """Tell the events of the last days, so that what is on top is there, and say how long that took: the first time, and again."""
    with opened(Settings(database_url=url), url, now=lambda: NOW) as edges:
        for time_ in ("first", "again"):
            started = time.monotonic()
            told = events(edges)["told"]
            print(f"  events, {time_}: {time.monotonic() - started:.1f} s for {told.seen:,} stories: {dict(told.doors)}", file=sys.stderr)
        edges.connection.execute("ANALYZE core.event, core.event_story, core.event_reach, core.top_story, core.pick")
        edges.connection.commit()


def _counted(connection: Connection, most: int, size: int) -> float:
    """Count so many stories, so many at a time, as publish does, and return milliseconds an article."""
    started = time.monotonic()
    with connection.transaction():
        touched = connection.execute(
            "DELETE FROM ops.touched WHERE touched_id IN (SELECT touched_id FROM ops.touched ORDER BY 1 LIMIT %s) RETURNING story_id",
            [most],
        ).fetchall()
        stories = [story for (story,) in touched]
        for first in range(0, len(stories), size):
            counted.batch(connection, stories[first : first + size])
        (articles,) = connection.execute("SELECT sum(articles) FROM core.reach WHERE story_id = ANY (%s)", [stories]).fetchone()
    return 1000 * (time.monotonic() - started) / articles if articles else 0.0


def asked(turn: int, rng: random.Random, stories: list[int], days: int) -> dict:
    """Return the values of one asking: another agency, story, word and time each turn."""
    return {
        "agency": AGENCIES[turn % len(AGENCIES)],
        "title": None,
        "since": NOW - timedelta(days=days),
        "story": rng.choice(stories),
        "words": SEARCHES[turn % len(SEARCHES)],
        "language": (None, "en")[turn % 2],
    }


def timed(connection: Connection, question: questions.Question, values: dict) -> tuple[float, int]:
    started = time.perf_counter()
    reply = questions.ask(connection, question, values)
    return (time.perf_counter() - started) * 1000, len(reply.rows)


def worst(connection: Connection, question: questions.Question, values: dict) -> str:
    """Return the node that takes longest by itself, with its relation."""
    statement = questions.shown(connection, question, values)
    with connection.transaction():
        (plan,) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}".replace("%", "%%"), {}).fetchone()[0]
    found = []

    def walk(node: dict) -> None:
        children = node.get("Plans", [])
        own = node["Actual Total Time"] * node["Actual Loops"] - sum(
            child["Actual Total Time"] * child["Actual Loops"] for child in children
        )
        name = node.get("Relation Name") or node.get("Function Name") or node.get("Index Name") or ""
        found.append((own, f"{node['Node Type']} {name}".strip()))
        for child in children:
            walk(child)

    walk(plan["Plan"])
    own, name = max(found)
    return f"{name} {own:.0f} ms"


def measured(url: str, days: int = 7) -> dict[str, dict]:
    """Ask everything and return the figures by question."""
    rng, figures = random.Random(1), {}
    with connect(url) as connection:
        with connection.transaction():
            stories = [
                row[0]
                for row in connection.execute(
                    "SELECT story_id FROM core.reach WHERE titles >= 5 ORDER BY last_at DESC, story_id LIMIT 1000"
                )
            ]
        all_questions = {f"{number:>2} {question.name}": question for number, question in questions.load().items()}
        for name, question in (all_questions | {"search, all copies": answers.SEARCH}).items():
            runs, count = [], 0
            for turn in range(TIMES):
                values = asked(turn, rng, stories, days) | {"copies": True, "most": 20}
                timed(connection, question, values) if turn == 0 else None  # the first warms the cache up
                milliseconds, count = timed(connection, question, values)
                runs.append(milliseconds)
            runs.sort()
            figures[name] = {
                "p50": runs[len(runs) // 2],
                "p95": runs[-1],
                "rows": count,
                "worst": worst(connection, question, values),
            }
    return figures


def report(articles: int, figures: dict[str, dict]) -> None:
    print(f"\n{articles:,} articles\n{'question':<20} {'p50 ms':>8} {'p95 ms':>8} {'rows':>5}  longest node")
    for name, line in figures.items():
        print(f"{name:<20} {line['p50']:>8.1f} {line['p95']:>8.1f} {line['rows']:>5}  {line['worst']}")


def sizes(url: str, articles: int, milliseconds: float) -> dict[str, float]:
    """Print bytes and milliseconds per article."""
    with connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'core'::regnamespace"
            " ORDER BY 2 DESC LIMIT 9"
        ).fetchall()
    print(f"kept by publish: {milliseconds:.2f} ms an article; bytes an article: ", end="")
    print(", ".join(f"{name} {size / articles:.0f}" for name, size in rows))
    return {name: size / articles for name, size in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--check", action="store_true", help=f"fail if a p95 at the last size is over {CEILING:.0f} ms")
    parser.add_argument("--folder", type=Path, help="keep the databases here, and use those that are there")
    parser.add_argument("--days", type=int, default=7, help="how far back questions with a --since look; a week is what ask takes")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="questions-"))
    slow = []
    with Server(folder, durable=False) as server:
        server.create("news")
        with server._superuser() as superuser:  # noqa: SLF001  a plan gone wrong must not fill the disk of everybody
            superuser.execute("ALTER ROLE news SET temp_file_limit = '6GB'")
        for articles in options.articles:
            name = f"filled_{articles}"
            mark = folder / f"{name}.json"
            url = server.create(name)
            if not mark.exists():
                server.drop(name)
                url = server.create(name)
                mark.write_text(json.dumps({"milliseconds": filled(url, articles)}))
            figures = measured(url, options.days)
            report(articles, figures)
            sizes(url, articles, json.loads(mark.read_text())["milliseconds"])
            slow = [name for name, line in figures.items() if line["p95"] > CEILING]
            if options.json:
                options.json.write_text(json.dumps(figures))
    if options.check and slow:
        sys.exit(f"over {CEILING:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
