"""Days -> what differs between the stories as stored and as made from scratch, from the stored texts; none is expected.

Read in one snapshot, beside the writer. What differs is written only if asked for, through the one writer's lock; ids stay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipeline.steps import compared, neighbours, signed, standing
from pipeline.steps.edges import Edges, Report, silent
from pipeline.steps.rebuilt import Rebuilt, rebuild
from pipeline.store import committed, dicts, write
from pipeline.stories import partition, signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pipeline.records import Member, Story
    from pipeline.steps.neighbours import Neighbourhood
    from pipeline.steps.standing import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is stored otherwise than it would be made now."""

    what: str  # signature, match, story, canonical, agency, relation
    url: str  # of the article that it is about
    stored: str
    made: str


def recompute(edges: Edges, since: datetime, until: datetime, report: Report = silent, *, apply: bool = False) -> list[Difference]:
    """Make the articles first seen from `since` to before `until` anew, and return what differs from what is stored."""
    _ = edges.seed  # read now: the snapshot begins with its transaction
    with edges.connection.transaction():
        write(edges.connection, "recompute.begin")
        made = rebuild(edges, since, until, report)
        around = _around(edges, made)
        found = list(_different(edges, made, around))
    if apply and found:
        committed(edges.connection, partial(_apply, edges, made))
    return found


def _around(edges: Edges, made: Rebuilt) -> Neighbourhood:
    """Return the neighbourhood of the window as it would be: with the matches that were made now in place of those stored."""
    others = {article for pair, match in made.after.items() if match for article in pair}
    around = neighbours.near(edges.connection, sorted(others | made.packed.keys()))
    kept = [match for match in around.evidence if (match.left, match.right) not in made.after]
    return replace(around, evidence=[*kept, *(match for match in made.after.values() if match)])


def _different(edges: Edges, made: Rebuilt, around: Neighbourhood) -> Iterator[Difference]:
    articles = sorted({*around.copies, *(article for pair in made.after for article in pair)})
    urls = {row["article_id"]: row["url"] for row in dicts(edges.connection, "recompute.urls", articles=articles)}
    for article in made.signed_otherwise:
        yield Difference(what="signature", url=urls[article], stored="another", made=f"version {signatures.VERSION}")
    for pair, match in sorted(made.after.items()):
        stored = made.before.get(pair)
        now, was = (match.level if match else "none"), (stored.level if stored else "none")
        if now != was or (match and stored and match != stored):
            with_whom = urls[pair[1]]
            yield Difference(what="match", url=urls[pair[0]], stored=f"{was} with {with_whom}", made=f"{now} with {with_whom}")
    yield from _stories(edges, around, urls)


def _stories(edges: Edges, around: Neighbourhood, urls: Mapping[int, str]) -> Iterator[Difference]:
    groups = partition.group(around.copies.values(), around.evidence, together=around.words.together, apart=around.words.apart)
    was = standing.read_standing(edges.connection, list(around.copies))
    together: dict[int, set[int]] = {}
    for article, stood_in in was.members.items():
        together.setdefault(stood_in["story_id"], set()).add(article)
    for story in neighbours.told(groups, around, neighbours.measuring(edges.connection, compared.Memory())):
        row: Row | None = was.members.get(story.canonical)
        members = {member.article for member in story.members}
        stood = together.get(row["story_id"], set()) if row else set()
        url = urls[story.canonical]
        if members != stood:
            yield Difference(what="story", url=url, stored=_list(stood, urls), made=_list(members, urls))
        elif row:
            yield from _within(story, was.stories[row["story_id"]], was.members, urls)


def _within(story: Story, stood: standing.Standing, was: Mapping[int, Row], urls: Mapping[int, str]) -> Iterator[Difference]:
    url = urls[story.canonical]
    if stood.canonical_id != story.canonical:
        yield Difference(what="canonical", url=url, stored=urls[stood.canonical_id], made=url)
        return
    if stood.agency != story.agency:
        yield Difference(what="agency", url=url, stored=stood.agency or "none", made=story.agency or "none")
    for member in story.members:
        stored, now = _told(was[member.article]), _told(_row(member))
        if stored != now:
            yield Difference(what="relation", url=urls[member.article], stored=stored, made=now)


def _row(member: Member) -> Row:
    return {"relation": member.relation, "kept": round(member.kept, 6), "own": round(member.own, 6), "lag": member.lag}


def _told(row: Row) -> str:
    return f"{row['relation']}, kept {row['kept']:g}, own {row['own']:g}, lag {row['lag']}"


def _list(articles: set[int], urls: Mapping[int, str]) -> str:
    return " ".join(sorted(urls.get(article, str(article)) for article in articles)) or "none"


def _apply(edges: Edges, made: Rebuilt) -> None:
    """Write what was made, and group all around it anew; an article that was signed anew meanwhile is left as `cluster` has it."""
    connection, at = edges.connection, edges.now()
    write(connection, "decisions.lock")
    read = {"articles": list(made.written), "written": list(made.written.values())}
    moved = {row["article_id"] for row in dicts(connection, "recompute.moved", **read)}
    after = {pair: match for pair, match in made.after.items() if moved.isdisjoint(pair)}
    for article in set(made.signed_otherwise) - moved:
        packed, written = made.packed[article], made.written[article]
        changed = write(connection, "recompute.sign", article_id=article, written=written, version=signatures.VERSION, packed=packed)
        if changed and packed is not None:
            signed.sample(connection, {article: signatures.unpack(packed)})
    rows = [compared.row(match, signatures.VERSION) for match in after.values() if match]
    lost = [pair for pair, match in after.items() if match is None and pair in made.before]
    write(connection, "cluster.keep_matches", rows=json.dumps(rows), at=at)
    write(connection, "cluster.no_match", lefts=[left for left, _ in lost], rights=[right for _, right in lost], at=at)
    neighbours.regroup(connection, sorted(made.packed), at)
