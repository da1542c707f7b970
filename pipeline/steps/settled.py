"""The counters of a run's mapped tasks -> their sum; MachineError if one before has failed, or if most feeds have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from pipeline.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.steps.batches import Batch

Counts: TypeAlias = "Iterable[Mapping[str, int] | None]"
FEW = 20  # below so many feeds a run is not judged
FAILED = "feed refused:"
HALF = 0.5  # of the feeds polled; when more fail, it is not their fault


def settle(batches: Sequence[Batch | str] | None, counts: Counts, read: Counts = (), *, readers: int = 0) -> dict[str, int]:
    """Add the counters of mapped tasks, one for each batch (or day) and one for each reader.

    MachineError if a task before this one has failed, which would else be hidden by our being green; or if most feeds of
    the run failed: then it is the network, the resolver or a block, and not the feeds.
    """
    done, also = ([part for part in parts if part is not None] for parts in (counts, read))
    summed: Counter[str] = Counter()
    for part in (*done, *also):
        summed.update(part)
    if batches is None or len(done) < len(batches) or len(also) < readers:
        problem = (
            "the plan failed"
            if batches is None
            else f"{len(done)} of {len(batches)} batches came to their end, or what follows them failed"
        )
        raise MachineError(
            "this run", problem, hint="Read the log of the red task; clearing it is safe, and the next run takes what is left."
        )
    _judge(summed)
    return dict(sorted(summed.items()))


def _judge(counts: Mapping[str, int]) -> None:
    polled = counts.get("feed", 0)
    failed = {name.removeprefix(FAILED): count for name, count in counts.items() if name.startswith(FAILED)}
    if polled >= FEW and sum(failed.values()) > HALF * polled:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(failed.items()))
        hint = "See 'Most feeds fail' in docs/runbook.md."
        raise MachineError("polling", f"{sum(failed.values())} of {polled} feeds failed ({reasons})", hint=hint)
