"""How soon a silent title is noticed, and how often one that is not: `python -m benchmarks.silence [--check] [--titles N]`.

A simulated year of titles: large and small, with mornings and evenings, quiet nights and weekends, some that publish in office hours only.
Articles come as news does: each hour by chance around the title's rhythm, with good and bad days (a gamma factor a day, and one an hour),
public holidays at a third of the usual, a fortnight of summer at two thirds. Every hour each title is judged by the six weeks before, as
the pipeline does. Then each title falls silent twenty times, at times drawn by chance; counted are the usual hours until that is noticed.

The peer is what most have: an alarm after a fixed time, the same for all titles (6, 12, 24 hours), and one after three times the title's
95th percentile gap (the query that stood in the runbook).
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.feeds import silence
from pipeline.feeds.silence import DEFAULT, HOUR, WEEK, slot

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
WEEKS = 52
SILENCES = 20  # of each title
FEW = 20  # usual hours a week, below which a title has none to speak of
LONGEST = 14 * 24  # hours, in which a silence must be noticed
FALSE, SOON = 1.0, 6.0  # alarms per 100 titles and week; usual hours: issue F


@dataclass
class Title:
    """A title's year."""

    rhythm: list[float]  # articles expected in each hour of the week
    counts: list[bool]  # whether each hour of the year brought something


def title(rng: random.Random) -> Title:
    """Return a title's year."""
    size = math.exp(rng.uniform(math.log(0.15), math.log(8)))  # articles in a busy hour
    night, weekend = rng.choice((0.02, 0.1, 0.3)), rng.choice((0.0, 0.2, 0.5, 0.9))
    first, last = rng.randrange(4, 9), rng.randrange(16, 23)
    rhythm = []
    for hour in range(WEEK):
        day, of = divmod(hour, 24)
        shape = 1.0 if first <= of <= last else night
        rhythm.append(size * shape * (weekend if day > 4 else 1.0) * (1.4 if of in {first + 1, last - 2} else 1.0))
    holidays = {rng.randrange(WEEKS * 7) for _ in range(11)}
    counts = []
    for day in range(WEEKS * 7):
        level = rng.gammavariate(12, 1 / 12) * (1 / 3 if day in holidays else 1.0) * (2 / 3 if 210 <= day < 224 else 1.0)
        counts += [rng.random() < 1 - math.exp(-rhythm[day % 7 * 24 + of] * level * rng.gammavariate(3, 1 / 3)) for of in range(24)]
    return Title(rhythm, counts)


class Watch:
    """Judges one title hour by hour, as the pipeline would."""

    def __init__(self, counts: list[bool]) -> None:
        self.counts = counts
        self.day = -1
        self.chance: list[float] = []

    def chances(self, last: int) -> list[float]:
        """Return the chances by the six weeks before a title's last article."""
        if last // 24 != self.day:  # once a day
            self.day = last // 24
            back = DEFAULT.weeks * WEEK
            heard = [0] * WEEK
            for at in range(max(0, last + 1 - back), last + 1):
                heard[at % WEEK] += self.counts[at]
            self.chance = silence.chances(heard, DEFAULT.weeks)
        return self.chance

    def judged(self, last: int, hour: int) -> silence.Quiet:
        before = sum(self.counts[max(0, last - DEFAULT.before + 1) : last + 1])
        hours = _Always()
        return silence.judge(self.chances(last), START + last * HOUR, START + hour * HOUR, heard_before=before, read=hours)


class _Always:
    def __contains__(self, _: object) -> bool:
        return True


def year(one: Title) -> int:
    """Return how many alarms there were although the title was well."""
    watch, last, alarms, on = Watch(one.counts), 0, 0, False
    for hour in range(len(one.counts)):
        if one.counts[hour]:
            last, on = hour, False
        elif hour >= DEFAULT.weeks * WEEK and not on and watch.judged(last, hour + 1).silent:
            alarms, on = alarms + 1, True
    return alarms


def noticed(one: Title, begin: int) -> tuple[int, int] | None:
    """Return the usual hours until a silence from `begin` on is noticed, and all hours; None: not in a fortnight."""
    counts = one.counts[:begin] + [False] * LONGEST
    last = max(hour for hour in range(begin) if counts[hour])
    watch = Watch(counts)
    chance = watch.chances(last)
    usual = [hour for hour in range(begin, begin + LONGEST) if chance[slot(START + hour * HOUR)] >= DEFAULT.usual]
    for hour in range(begin, begin + LONGEST):
        if watch.judged(last, hour + 1).silent:
            return sum(1 for one in usual if one <= hour), hour - begin + 1
    return None


def fixed(one: Title, hours: int) -> int:
    """Return the alarms of a fixed time."""
    alarms = quiet = 0
    for hour, heard in enumerate(one.counts):
        quiet = 0 if heard else quiet + 1
        alarms += hour >= DEFAULT.weeks * WEEK and quiet == hours
    return alarms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--titles", type=int, default=60)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    rng = random.Random(1)
    titles = [title(rng) for _ in range(options.titles)]
    weeks = options.titles * (WEEKS - DEFAULT.weeks) / 100
    false = sum(map(year, titles)) / weeks
    hours, small, missed = [], [], 0
    for one in titles:
        for _ in range(SILENCES):
            begin = rng.randrange(DEFAULT.weeks * WEEK, WEEKS * WEEK)
            found = noticed(one, begin)
            missed += found is None
            if found and sum(chance >= DEFAULT.usual for chance in Watch(one.counts).chances(begin - 1)) >= FEW:
                hours.append(found[0])
            elif found:
                small.append(found[1])
    hours.sort()
    small.sort()
    print(f"{options.titles} titles, {WEEKS - DEFAULT.weeks} weeks")
    print(f"false alarms per 100 titles and week  {false:.2f}")
    middle, most = hours[len(hours) // 2], hours[len(hours) * 95 // 100]
    print(f"usual hours until noticed             median {middle}, 95 of 100 {most}, most {hours[-1]}")
    middle, late = small[len(small) // 2], small[len(small) * 95 // 100]
    print(f"titles of few usual hours, all hours  median {middle}, 95 of 100 {late}")
    print(f"not noticed in two weeks              {missed} of {len(titles) * SILENCES}")
    for fix in (6, 12, 24, 48):
        print(f"peer: quiet for {fix:>2} hours               {sum(fixed(one, fix) for one in titles) / weeks:.1f} false alarms")
    if options.check and (false > FALSE or hours[-1] > SOON):
        sys.exit("a floor is not held")


if __name__ == "__main__":
    main()
