"""`./wiredesk test --long`: runs are named, bounded, and independent of each other."""

import importlib.util
import re
import sys

import pytest

from pipeline.cli import long
from pipeline.cli.long import RUNS, Run
from pipeline.settings import ROOT


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Write benchmarks that pass, fail, hang and have nothing to run on."""
    monkeypatch.setattr(long, "ROOT", tmp_path)
    (tmp_path / "benchmarks").mkdir()
    for name, text in {
        "passes": "print('fine')",
        "fails": "raise SystemExit(1)",
        "hangs": "import time; time.sleep(600)",
        "needs": "print('a line'); print('skipped: needs what is not here')",
    }.items():
        (tmp_path / "benchmarks" / f"{name}.py").write_text(text, encoding="utf-8")


def test_all_run_whichever_fails_and_a_table_says_how_each_went(bench, capfd):
    runs = [Run(module=name, minutes=minutes) for name, minutes in (("fails", 1), ("hangs", 0.005), ("needs", 1), ("passes", 1))]
    assert long.run([], runs) == 1
    table = capfd.readouterr().out.splitlines()[-4:]
    assert [line.split()[1:-2] for line in table] == [
        ["fails", "failed"],
        ["hangs", "too", "long"],
        ["needs", "skipped"],
        ["passes", "done"],
    ]


def test_words_choose(bench, capfd):
    runs = [Run(module=name, minutes=1) for name in ("fails", "passes")]
    assert long.run(["pass"], runs) == 0
    assert long.run(["nothing of this name"], runs) == 1, "a typing error must not look like success"
    assert "fails" not in capfd.readouterr().out


def test_the_guide_says_what_each_shows():
    part = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8").partition("## Run them all")[2]
    assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == [one.module for one in RUNS]


@pytest.mark.parametrize("one", RUNS, ids=lambda one: one.module)
def test_what_is_listed_exists_and_can_fail(one):
    text = (ROOT / "benchmarks" / f"{one.module}.py").read_text(encoding="utf-8")
    assert importlib.util.find_spec(f"benchmarks.{one.module}")
    assert all(f'"{argument}"' in text or argument.isdigit() for argument in one.arguments)
    assert sys.maxsize > one.minutes > 0
