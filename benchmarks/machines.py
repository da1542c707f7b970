"""The same news, read by one machine and by workers on several -> whether stories are the same, how much faster, how politely.

python -m benchmarks.machines            a table; less than two minutes a row
python -m benchmarks.machines --check    fails if stories differ, a site was crowded, or two workers of a queue are no faster than one

Needs Debian's redis-server, util-linux (unshare, as root) and the packages of deploy/requirements.machines.lock.txt.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machines_parts import Asked, Running, Scene, running
from pipeline.web.sites import site

SCENES = (
    Scene(name="one machine, LocalExecutor, 2 slots", executor="LocalExecutor"),
    Scene(name="Celery, web x 1, cpu x 1", workers={"web": 1, "cpu": 1}),
    Scene(name="Celery, web x 2, cpu x 2", workers={"web": 2, "cpu": 2}),
)
FASTER = 1.3  # of the web's stages, by a second worker: they wait, so that shared cores matter little
AT_ONCE = 2
LISTED = 20  # lines of articles that are told otherwise
OFTEN = 10  # of so many requests one may be late
SLACK = 0.2  # seconds by which two requests may come closer together than they were sent: at load 5 the first may be late by that
SPANS = """SELECT DISTINCT ON (task_id) task_id, extract(epoch FROM max(end_date) - min(start_date))::float, count(*),
    string_agg(DISTINCT hostname, ' ') FROM task_instance
    WHERE state = 'success' AND dag_id || '.' || task_id IN ('ingest.poll', 'articles.fetch', 'articles.follow', 'articles.extract')
    GROUP BY task_id, run_id ORDER BY task_id, sum(end_date - start_date) DESC"""
STORIES = """SELECT m.url, m.relation, round(m.kept::numeric, 4), m.own, m.lag, c.url, s.agency FROM mart.article m
    JOIN core.story s USING (story_id) JOIN core.article c ON c.article_id = s.canonical_id ORDER BY 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a scene came to."""

    name: str
    seconds: float  # from the DAGs' release to the edition
    spans: dict[str, tuple[float, int, str]]
    stories: list[tuple]
    requests: int
    gaps: list[float]  # seconds between the beginnings of two requests to one site, sorted
    crowd: int  # most requests to one site at once
    load: float


def manners(asked: list[Asked]) -> tuple[list[float], int]:
    """Return the seconds between two beginnings at one site, sorted, and the most requests to one at once."""
    sites: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        sites[site(one.host)].append(one)
    gaps = [b - a for them in sites.values() for a, b in itertools.pairwise(sorted(one.begun for one in them))]
    crowd = 0
    for them in sites.values():
        edges = sorted([(one.begun, 1) for one in them] + [(one.ended, -1) for one in them])
        crowd = max(crowd, *itertools.accumulate(step for _, step in edges))
    return sorted(gaps), crowd


def measure(scene: Scene, room: Path) -> Row:
    with running(scene, room) as deployed:
        deployed.begin()
        seconds = deployed.until("the news", 240, deployed.finished)
        return _row(deployed, seconds)


def _row(deployed: Running, seconds: float) -> Row:
    gaps, crowd = manners(deployed.site.asked)
    spans = {name: (span, tasks, hosts) for name, span, tasks, hosts in deployed.ask(SPANS, airflow=True)}
    lost = deployed.ask("SELECT coalesce(sum(lost), 0) FROM ops.ledger")[0][0]
    assert lost == 0, f"{lost} items are unaccounted for"
    return Row(
        name=deployed.scene.name,
        seconds=seconds,
        spans=spans,
        stories=deployed.ask(STORIES),
        requests=len(deployed.site.asked),
        gaps=gaps,
        crowd=crowd,
        load=os.getloadavg()[0],
    )


def show(row: Row) -> None:
    digest = hashlib.sha256(repr(row.stories).encode()).hexdigest()[:12]
    stages = "  ".join(f"{name} {span:.1f} s ({tasks} tasks)" for name, (span, tasks, _) in sorted(row.spans.items()))
    hosts = sorted({host for _, _, them in row.spans.values() for host in them.split()})
    print(f"{row.name}\n  {row.seconds:.0f} s in all  {stages}  on {', '.join(hosts)}; load {row.load:.1f}")
    print(f"  {len(row.stories)} articles in {len({story[5] for story in row.stories})} stories, {digest}")
    spacing = SCENES[0].spacing
    near = sum(gap < spacing - 0.02 for gap in row.gaps)
    print(f"  {row.requests} requests; at one site never closer than {row.gaps[0]:.2f} s ({near} of {len(row.gaps)} under {spacing} s)")
    print(f"  never more than {row.crowd} at once at one site", flush=True)


def others(one: Row, two: Row) -> str:
    """Return the articles that are told otherwise, as both have them."""
    first, second = set(one.stories), set(two.stories)
    return "\n".join(f"  {'<' if story in first else '>'} {story}" for story in sorted(first ^ second, key=repr)[:LISTED])


def faults(rows: list[Row]) -> list[str]:
    found = [
        f"{row.name}: other stories than {rows[0].name}:\n{others(rows[0], row)}" for row in rows[1:] if row.stories != rows[0].stories
    ]
    spacing = SCENES[0].spacing
    found += [f"{row.name}: two requests {row.gaps[0]:.2f} s apart" for row in rows if row.gaps[0] < spacing - SLACK]
    found += [f"{row.name}: sites are crowded" for row in rows if row.gaps[len(row.gaps) // OFTEN] < spacing - 0.02]
    found += [f"{row.name}: {row.crowd} requests at once" for row in rows if row.crowd > AT_ONCE]
    if len(rows) == len(SCENES):
        for stage in ("poll", "fetch"):
            ratio = rows[1].spans[stage][0] / rows[2].spans[stage][0]
            print(f"{stage}: {ratio:.2f} times as fast with two workers as with one")
            found += [f"{stage}: only {ratio:.2f} times as fast"] if stage == "fetch" and ratio < FASTER else []
        print(f"all: {rows[1].seconds / rows[2].seconds:.2f} times (pages are read beside fetching: `follow`; `extract` has what is left)")
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", type=int, action="append", help="number of a row, from 0")
    parser.add_argument("--room", type=Path, help="kept; else a temporary folder")
    given = parser.parse_args()
    if not (shutil.which("redis-server") and shutil.which("unshare") and importlib.util.find_spec("celery")):
        print("skipped: needs redis-server, unshare and Celery; see the top of benchmarks/machines.py")
        return 0
    os.nice(10)
    rows = []
    with tempfile.TemporaryDirectory(prefix="machines-", ignore_cleanup_errors=True) as temporary:
        room = (given.room or Path(temporary)).resolve()
        room.mkdir(parents=True, exist_ok=True)
        room.chmod(0o755)
        for number, scene in enumerate(SCENES):
            if given.only is None or number in given.only:
                rows.append(measure(scene, room / str(number)))
                show(rows[-1])
                time.sleep(1)
    found = faults(rows)
    print("\n".join(found) or "no fault found")
    return 1 if given.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
