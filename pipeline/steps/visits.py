"""Claims -> their pages, asked for site by site: one after the other within a site, many sites at once, for as long as all may last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from pipeline.reasons import Reason
from pipeline.records import Answer, Refusal
from pipeline.steps.leases import Budget, Hourglass
from pipeline.web.sites import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipeline.clock import Clock
    from pipeline.web.asker import Asked, Ruling

WAIT = timedelta(minutes=5)  # for a host that asks us to wait and does not say how long


class Hosted(Protocol):
    """What is asked of a host."""

    @property
    def host(self) -> str: ...


Claim = TypeVar("Claim", bound=Hosted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Generic[Claim]):
    """What came of one page."""

    claim: Claim
    at: datetime
    answer: Answer | Refusal | None  # None: not asked, its host wants us to wait, or its site's time is over
    ruling: Ruling | None = None  # what robots.txt said
    wait: timedelta | None = None  # what the host asked for


def by_site(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Return the claims of each site."""
    sites: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        sites[site(claim.host)].append(claim)
    return list(sites.values())


def visits(claims: Sequence[Claim], ask: Callable[[Claim], Asked], *, glass: Hourglass, now: Clock) -> Iterator[Visit[Claim]]:
    """Ask for the pages of one site while the lease lasts; a host that asks us to wait no more, and none when the site's time is over."""
    waits: dict[str, timedelta] = {}
    budget = Budget()
    for claim in claims:
        if glass.empty:
            return
        at = now()
        if claim.host in waits or budget.spent:
            yield Visit(claim=claim, at=at, answer=None, wait=waits.get(claim.host))
            continue
        answer, ruling = ask(claim)
        if isinstance(answer, Refusal) and answer.reason == Reason.RATE_LIMITED:
            waits[claim.host] = answer.retry_after or WAIT
        yield Visit(claim=claim, at=at, answer=answer, ruling=ruling, wait=waits.get(claim.host))
