"""Every hostile case, all polled together, against a real database: what must come of each, and of those that behave."""

import pytest
from hostile import world
from hostile.suite import CASES, KNOWN

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def played(postgres, tmp_path_factory):
    url = postgres.create("hostile", template="migrated")
    try:
        yield world.play(CASES, url, tmp_path_factory.mktemp("hostile"))
    finally:
        postgres.drop("hostile")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}/{case.name}")
def test_comes_to_what_it_must(played, case):
    wrong = world.wrong(case, played.facts[case.name])
    if wrong and case.name in KNOWN:
        pytest.xfail(KNOWN[case.name])
    assert wrong == {}


def test_who_behaves_loses_nothing_by_the_company(played):
    controls = [case for case in CASES if case.group == "controls"]
    assert len(controls) >= 20
    assert [case.name for case in controls if world.wrong(case, played.facts[case.name])] == []


def test_nothing_inside_is_ever_touched(played):
    assert not played.touched


def test_there_are_as_many_cases_as_promised():
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)
