"""The guards, switched off one at a time: the hostile cases must notice. All of them are tried by benchmarks/mutations.py."""

import os
import subprocess
import sys

import pytest
from builders_news import UNRELATED, Web, ask, world
from hostile.mutations import MUTATIONS, ROOT, mutated, named
from hostile.suite import CASES, KNOWN

from pipeline.steps import polled
from pipeline.steps.edges import Wanted
from pipeline.steps.poll import _claim, _look

NAMES = {case.name for case in CASES}
NOTICED = 2
SAMPLE = ("all addresses are public", "the head has an end", "410 retires", "entries are on the title's domains")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.guard)
def test_a_guard_can_be_switched_off_where_it_says(mutation):
    for path in {path for path, _, _ in mutation.edits}:
        text = (ROOT / path).read_text(encoding="utf-8")
        changed = mutated(mutation.edits, path, text)  # ValueError: the guard has been rewritten; say anew how it is switched off
        assert changed != text
        if path.endswith(".py"):
            compile(changed, path, "exec")


def test_every_guard_has_cases_or_tests_and_a_name_of_its_own():
    assert all(mutation.cases or mutation.tests for mutation in MUTATIONS)
    assert {name for mutation in MUTATIONS for name in mutation.cases} <= NAMES
    assert len({mutation.guard for mutation in MUTATIONS}) == len(MUTATIONS)


def test_known_faults_are_faults_of_cases_that_there_are():
    assert set(KNOWN) <= NAMES


@pytest.mark.database
@pytest.mark.process
@pytest.mark.parametrize("guard", SAMPLE)
def test_the_cases_notice_when_a_guard_is_off(guard, database, tmp_path):
    command = [sys.executable, "-m", "hostile.mutant", named(guard).guard, database, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"}
    assert subprocess.run(command, cwd=ROOT, env=environment, timeout=120, check=False).returncode == NOTICED


@pytest.mark.database
def test_who_comes_late_with_a_feed_stores_nothing(database, tmp_path):
    web = Web()
    web.publish("alpha", "bridge", UNRELATED)
    with world(database, tmp_path, web=web) as edges:
        (claim,) = _claim(edges, Wanted(titles=("alpha",)), 10, edges.now())
        look = _look(edges, edges.asker(), edges.titles()[claim.title_id], claim)
        with edges.connection.transaction():
            edges.connection.execute("UPDATE ops.schedule SET fence = fence + 1 WHERE feed_id = %s", (claim.feed_id,))
        before = ask(edges, "SELECT * FROM ops.schedule ORDER BY feed_id")
        assert polled.store(edges, [look]) == [("lost", {})]
        assert ask(edges, "SELECT * FROM ops.schedule ORDER BY feed_id") == before
        assert ask(edges, "SELECT (SELECT count(*) FROM core.article), (SELECT count(*) FROM ops.poll)") == [(0, 0)]
