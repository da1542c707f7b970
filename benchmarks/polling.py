"""Measure when feeds are polled: 30 days of 200 invented feeds, by our rule and by those of others.

    python -m benchmarks.polling            prints the tables
    python -m benchmarks.polling --check    and fails where a floor is not held
    python -m benchmarks.polling --seed 1   on the seed on which the policy was chosen

Polls are made in runs, every five minutes, as the DAG makes them. An entry is seen by the first poll that succeeds while the feed lists
it. Too soon is a poll against what the feed asked for: ttl, skipHours, skipDays, max-age, Retry-After. All rules begin knowing nothing.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from bisect import bisect_left
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import partial

from benchmarks.polling_peers import PEERS, Poll, Rule
from benchmarks.polling_world import DAY, LENGTH, START, Source, build, moment
from pipeline.feeds.pace import Outcome
from pipeline.feeds.wishes import hour
from pipeline.reasons import Reason

REPORT = 11  # the policy was chosen on seed 1
PROCESSES = 2
RUN = 300.0
FIXED = 4 * 24  # polls a day, every 15 minutes
REASONS = {"timeout": Reason.TIMED_OUT, "server": Reason.SERVER_ERROR, "missing": Reason.NOT_FOUND, "gone": Reason.GONE}
FLOORS = {"seen": 0.99}
CEILINGS = {
    "polls": 0.50,
    "median": 10.0,
    "p90": 45.0,
    "too soon": 0.0,
}  # minutes; of the polls of a fixed 15 minutes at most 60 % are allowed


@dataclass(slots=True, kw_only=True)
class Count:
    """What a rule came to."""

    feeds: int = 0
    entries: int = 0
    seen: int = 0
    polls: int = 0
    rude: int = 0
    delays: list[float] = field(default_factory=list)


def follow(source: Source, rule: Rule, count: Count) -> None:
    """Poll one feed for 30 days."""
    dice = random.Random(source.key)
    offset, due, memory = dice.random() * 60, dice.random() * 900, None
    known, asked_last, barred = 0, -math.inf, -math.inf
    begins, ends = bisect_left(source.appeared, 0.0), bisect_left(source.appeared, LENGTH - DAY)
    first = True
    while due < LENGTH:
        run = math.ceil(due / RUN) * RUN
        at = run + offset
        count.polls += 1
        count.rude += at < barred or (not first and hour(moment(at)) in source.wishes.skips)
        outcome, held = _poll(source, at, dice, known=known, too_soon=source.limited and at - asked_last < 595)
        asked_last = at
        if outcome.refusal is None:
            start, end = held
            for entry in range(max(start, known, begins), min(end, ends)):
                count.seen += 1
                count.delays.append(at - source.appeared[entry])
            known, first = max(known, end), False
        asks = (outcome.fresh_for, outcome.retry_after, None if first else source.wishes.pace)
        barred = at + max((ask.total_seconds() for ask in asks if ask), default=0.0)
        weekly = bisect_left(source.appeared, at) - bisect_left(source.appeared, at - 7 * DAY)
        poll = Poll(at=moment(at), run=moment(run), key=source.key, outcome=outcome, listed=held[1] - held[0], weekly=weekly)
        memory, following = rule(memory, poll)
        due = (following - START).total_seconds()
        if outcome.refusal is Reason.GONE:
            break
    count.feeds += 1
    count.entries += max(0, ends - begins)


def _poll(source: Source, at: float, dice: random.Random, *, known: int, too_soon: bool) -> tuple[Outcome, tuple[int, int]]:
    held = source.holds(at)
    failure = next((kind for begin, end, kind in source.outages if begin <= at < end), "")
    if failure:
        return Outcome(refusal=REASONS[failure]), held
    if too_soon:
        return Outcome(refusal=Reason.RATE_LIMITED, retry_after=timedelta(minutes=15)), held
    if dice.random() < source.flaky:
        return Outcome(refusal=Reason.TIMED_OUT), held
    fresh = timedelta(seconds=source.max_age) if source.max_age else None
    start, end = held
    if known >= end and known:
        return Outcome(unchanged=True, fresh_for=fresh), held
    new = end - max(start, known)
    return Outcome(seen=end - start, new=new, published=source.dated[start:end], wishes=source.wishes, fresh_for=fresh), held


def figures(count: Count) -> dict[str, float]:
    cuts = statistics.quantiles(count.delays, n=100)
    daily = count.polls / count.feeds / (LENGTH / DAY)
    return {
        "seen": count.seen / count.entries,
        "polls": daily / FIXED,
        "median": cuts[49] / 60,
        "p90": cuts[89] / 60,
        "daily": daily,
        "too soon": count.rude / count.polls,
    }


def measure(sources: list[Source], rule: Rule) -> tuple[Count, dict[str, Count]]:
    """Follow all feeds by one rule, and return the count of all and of each kind."""
    kinds: dict[str, Count] = defaultdict(Count)
    for source in sources:
        follow(source, rule, kinds[source.kind])
    whole = Count()
    for count in kinds.values():
        for part in fields(count):
            setattr(whole, part.name, getattr(whole, part.name) + getattr(count, part.name))
    return whole, kinds


def measured(name: str, seed: int) -> tuple[str, dict[str, float], dict[str, dict[str, float]]]:
    """Return what a rule comes to: its name, the figures of all feeds, and those of each kind that publishes."""
    whole, kinds = measure(build(seed), PEERS[name])
    return name, figures(whole), {kind: figures(count) for kind, count in kinds.items() if count.delays}


def show(name: str, found: dict[str, float]) -> None:
    print(
        f"| {name:34} | {found['seen']:7.2%} | {found['polls']:6.1%} | {found['median']:7.1f} | {found['p90']:7.1f} "
        f"| {found['daily']:6.1f} | {found['too soon']:6.2%} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=REPORT)
    wanted = parser.parse_args()
    begun = time.monotonic()
    print(f"| {'rule':34} | {'seen':7} | {'polls':6} | {'median':7} | {'p90':7} | {'a day':6} | too soon |")
    print(f"|{'--|' * 7}")
    found = {}
    with ProcessPoolExecutor(PROCESSES) as pool:
        for name, figured, kinds in pool.map(partial(measured, seed=wanted.seed), PEERS):
            show(name, figured)
            found[name] = figured, kinds
    ours, by_kind = found["ours"]
    print("\nours, by kind")
    for kind, figured in by_kind.items():
        show(kind, figured)
    print(f"\n{time.monotonic() - begun:.0f} s")
    missed = [f"{name}: {ours[name]:.4f} < {floor}" for name, floor in FLOORS.items() if ours[name] < floor]
    polite = found["fixed, 15 minutes, with manners"][0]["seen"] - 0.001
    missed += [f"seen: {ours['seen']:.4f} < {polite:.4f}, what manners leave to see"] if ours["seen"] < polite else []
    missed += [f"{name}: {ours[name]:.4f} > {most}" for name, most in CEILINGS.items() if ours[name] > most]
    print("\n".join(missed) or "all floors held")
    return int(bool(missed) and wanted.check)


if __name__ == "__main__":
    sys.exit(main())
