"""What an article costs among 100,000 and among 1,000,000: `python -m benchmarks.growth [--folder F] [--check]`.

The databases are those of `benchmarks.questions`, filled if they are not in the folder. Into a copy of each comes a day of the newsstand,
step by step; samples and signatures of the last thirty days are made in it first, so that copies are looked for in a history. What grows
with history is Postgres' part, so its CPU stands beside the clock. The last column draws a straight line through the two sizes.
`--check` fails where the larger history makes an article dearer than GROWTH, or a story of the window dearer to put into events.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import questions
from pipeline.cli import day
from pipeline.machine.postgres import Server
from pipeline.newsstand import server as newsstand
from pipeline.newsstand import world
from pipeline.settings import Settings
from pipeline.steps import sync
from pipeline.steps.cluster import cluster
from pipeline.steps.edges import opened
from pipeline.steps.events import events
from pipeline.steps.extract import extract
from pipeline.steps.fetch import fetch
from pipeline.steps.poll import poll
from pipeline.steps.publish import publish
from pipeline.store import connect
from pipeline.stories import signatures

if TYPE_CHECKING:
    from collections.abc import Callable

TITLES = 60
GROWTH = 1.2  # of seconds, from the smaller history to the larger one
TIMES = 10  # what the last column is for, against the largest size
STEPS: dict[str, tuple[Callable, ...]] = {
    "store": (poll, fetch, extract),
    "cluster": (cluster,),
    "publish": (publish,),
    "events": (events,),
}
HISTORY = """
INSERT INTO core.signature (article_id, number, version, packed, at, clustered_at)
SELECT article_id, 1, %(version)s, decode(repeat(md5(article_id::text), 44), 'hex'), at, at FROM core.piece WHERE at > %(since)s;
INSERT INTO core.sample (shingle, at, article_id)
SELECT hashint8extended(CASE WHEN k < 28 THEN story ELSE article_id END * 64 + k, CASE WHEN k < 28 THEN 1 ELSE 2 END), at, article_id
FROM core.piece CROSS JOIN generate_series(0, 31) AS k WHERE at > %(since)s ORDER BY 1 ON CONFLICT DO NOTHING;
SELECT setval(pg_get_serial_sequence('core.article', 'article_id'), max(article_id)) FROM core.article;
SELECT setval(pg_get_serial_sequence('core.story', 'story_id'), max(story_id)) FROM core.story;
INSERT INTO ops.intake (article_id, state, host, next_try_at) SELECT article_id, 'kept', 'made', at FROM core.piece;
INSERT INTO ops.poll_day (feed_id, day, polls, failed, unchanged, bytes, seconds, seen, new, known, refused)
SELECT feed_id, '2026-02-01', 1, 0, 0, 0, 0, count(*), count(*), 0, 0 FROM core.sighting GROUP BY feed_id;
INSERT INTO core.story_event (story_id, what, to_article_id, at, why)
SELECT story_id, 'created', canonical_id, created_at, 'made' FROM core.story;
ALTER TABLE core.story ENABLE TRIGGER USER;
ALTER TABLE core.story_article ENABLE TRIGGER USER;
ALTER TABLE core.article ENABLE TRIGGER USER;
"""
BYTES = """
SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'core'::regnamespace
    AND relname NOT IN ('pool', 'pool_words', 'plan', 'piece', 'later', 'signature')
ORDER BY pg_total_relation_size(oid) DESC LIMIT 14
"""
OF_A_MONTH = """
SELECT 'signature (of an article that has one)', pg_table_size('core.signature'), pg_indexes_size('core.signature')
UNION ALL SELECT 'sample (for 70 days)', sum(pg_table_size(inhrelid)), sum(pg_indexes_size(inhrelid))
FROM pg_inherits WHERE inhparent = 'core.sample'::regclass
"""


def remembered(url: str) -> dict[str, tuple[float, float]]:
    """Make what copies are found by, for the last thirty days, and return its bytes an article: table, indexes."""
    since = questions.NOW - timedelta(days=30)
    with connect(url, autocommit=True) as connection:
        connection.execute("SELECT core.turn_samples(%s, '70 days', '30 days')", [questions.NOW])
        for statement in HISTORY.strip().split(";\n"):
            connection.execute(statement.encode(), {"version": signatures.VERSION, "since": since} if "%(" in statement else None)
        connection.execute("VACUUM ANALYZE core.signature, core.sample, core.story_event")
        (articles,) = connection.execute("SELECT count(*) FROM core.signature").fetchone()
        return {name: (float(table) / articles, float(index) / articles) for name, table, index in connection.execute(OF_A_MONTH)}


def sizes(url: str, articles: int) -> dict[str, tuple[float, float]]:
    """Return bytes an article, of tables and of their indexes."""
    with connect(url, autocommit=True) as connection:
        return {name: (table / articles, index / articles) for name, table, index in connection.execute(BYTES).fetchall()}


def taken_in(server: Server, url: str, folder: Path) -> dict[str, tuple[float, float, float, int]]:
    """Take in a day of the newsstand at once, and return of each step: seconds by the clock, of our CPU, of Postgres' CPU, and items."""
    begun = world.build(seed=3, titles=TITLES, days=1, start=day.START)
    clock = day.Stepped(day.START + day.DAY)
    found = {}
    with newsstand.open(begun, clock=clock, folder=folder / "stand"):
        stand = {"hosts": folder / "stand" / "hosts", "registry": folder / "stand" / "registry", "clock": day.standing(clock.at)}
        settings = Settings(var=folder / "var", database_url=url, spacing=0.0, **stand)
        sync(settings, url)
        with opened(settings, url, now=clock) as edges:
            publish(edges, anew=True)  # as it is before: what is counted and told anew below is what has changed
            events(edges)
            for name, steps in STEPS.items():
                before = time.monotonic(), time.process_time(), _served(server)
                for step in steps:
                    tallies = step(edges)
                seen = next(reversed(tallies.values())).seen
                after = time.monotonic(), time.process_time(), _served(server)
                found[name] = (*(end - start for start, end in zip(before, after, strict=True)), seen)
    return found


def _served(server: Server) -> float:
    """Return the seconds of CPU that all sessions have taken."""
    postmaster = server.cluster.postmaster()
    assert postmaster
    times = [process.cpu_times() for process in postmaster.children()]
    return sum(one.user + one.system for one in times)


def measured(server: Server, articles: int, folder: Path) -> dict[str, dict]:
    """Return all figures of a size: bytes, milliseconds an article, and the questions' p95."""
    name, copy = f"filled_{articles}", f"growing_{articles}"
    mark, url = folder / f"{name}.json", server.create(name)
    if not mark.exists():
        server.drop(name)
        url = server.create(name)
        mark.write_text(json.dumps({"milliseconds": questions.filled(url, articles)}))
    asked = {what: figures["p95"] for what, figures in questions.measured(url).items()}
    room = sizes(url, articles)
    server.drop(copy)
    grown = server.create(copy, template=name)
    try:
        room |= remembered(grown)
        steps = taken_in(server, grown, Path(tempfile.mkdtemp(dir=folder)))
    finally:
        server.drop(copy)
    return {"bytes": room, "steps": steps, "questions": asked}


def ahead(sizes: list[int], values: list[float]) -> float:
    """Return what a straight line through two sizes says of TIMES the larger one; what does not grow stays."""
    slope = max(0.0, values[1] - values[0]) / (sizes[1] - sizes[0])
    return values[1] + slope * (TIMES - 1) * sizes[1]


def report(found: dict[int, dict[str, dict]]) -> None:
    many = sorted(found)
    far = f"{TIMES * many[-1]:,}" if len(many) == 2 else ""
    print(f"| | {' | '.join(f'{size:,}' for size in many)} | {far} |\n|--|{'--|' * len(many)}--|")
    lines: dict[str, list[float]] = {}
    new = {size: found[size]["steps"]["publish"][3] - size for size in many}
    for step in STEPS:
        count = {size: found[size]["steps"]["cluster"][3] for size in many}
        if step != "events":
            lines[f"{step}: ms an article"] = [1000 * found[size]["steps"][step][0] / count[size] for size in many]
            lines[f"{step}: of them Postgres' CPU"] = [1000 * found[size]["steps"][step][2] / count[size] for size in many]
    lines["events: s a run"] = [found[size]["steps"]["events"][0] for size in many]
    lines["events: ms a story of the window"] = [
        1000 * found[size]["steps"]["events"][0] / found[size]["steps"]["events"][3] for size in many
    ]
    for name in found[many[-1]]["bytes"]:
        if all(name in found[size]["bytes"] for size in many):
            lines[f"{name}: bytes an article"] = [sum(found[size]["bytes"][name]) for size in many]
    for name in found[many[-1]]["questions"]:
        lines[f"question {name}: p95 ms"] = [found[size]["questions"][name] for size in many]
    for name, values in lines.items():
        drawn = f"{ahead(many, values):,.1f}" if far and name.startswith(("question", "events: s")) else ""
        print(f"| {name} | {' | '.join(f'{value:,.1f}' for value in values)} | {drawn} |")
    print(f"taken in: {new}")


def faults(found: dict[int, dict[str, dict]]) -> list[str]:
    """Return what costs more than it may in the larger history: an article until it is published, and a story of an event."""
    least, most = (found[size]["steps"] for size in (min(found), max(found)))

    def spent(steps: dict[str, tuple], place: int) -> float:
        return sum(steps[step][place] for step in STEPS if step != "events") / steps["cluster"][3]

    ratios = {
        "an article, by the clock": spent(most, 0) / spent(least, 0),
        "an article, of CPU, Postgres' included": (spent(most, 1) + spent(most, 2)) / (spent(least, 1) + spent(least, 2)),
        "a story of the window, in events": (most["events"][0] / most["events"][3]) / (least["events"][0] / least["events"][3]),
    }
    for what, ratio in ratios.items():
        print(f"{what}: {ratio:.2f} times")
    return [f"{what}: {ratio:.2f} times, above {GROWTH}" for what, ratio in ratios.items() if ratio > GROWTH]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, nargs="*", default=list(questions.SIZES))
    parser.add_argument("--folder", type=Path, help="keep the databases here, and use those that are there: as benchmarks.questions does")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="questions-"))
    with Server(folder, durable=False) as server:
        server.create("news")
        found = {}
        for articles in options.articles:
            print(f"{articles:,} articles", file=sys.stderr)
            found[articles] = measured(server, articles, folder)
    report(found)
    if options.json:
        options.json.write_text(json.dumps(found))
    wrong = faults(found) if options.check else []
    for fault in wrong:
        print(f"FAILED: {fault}", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
