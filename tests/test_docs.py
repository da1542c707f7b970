"""The documentation is true: links lead somewhere, commands and paths exist, statements run, tables are complete."""

import ast
import re
import tomllib
from importlib import import_module

import pytest
import typer

from pipeline.cli import main, reasons
from pipeline.settings import ROOT, Settings
from pipeline.steps.alarms import LATE_RUN
from pipeline.steps.resting import PAUSED
from pipeline.steps.reviews import CHOICES
from pipeline.ui import findings

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUNBOOK = ROOT / "docs" / "runbook.md"
DEPENDENCIES = ROOT / "docs" / "decisions" / "0002-dependencies.md"
PASSED_ON = {"psql", "airflow", "test"}  # their options are others' business
SQL = [
    pytest.param(statement, id=f"{page.name}-{number}")
    for page in (ROOT / "README.md", RUNBOOK)
    for number, statement in enumerate(re.findall(r"^```sql\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE), 1)
]


def read(page):
    return page.read_text(encoding="utf-8")


def anchors(page):
    """Return the anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", read(page), flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands():
    """Return every command by its words, with its options: {("titles", "check"): {"--live", ...}}."""
    found = {}
    for part, name in main.PARTS.items():
        group = typer.main.get_group(import_module(f"pipeline.cli.{part}").app)
        for command in group.commands.values():
            words = (name, command.name) if name else (command.name,)
            found[words] = {option for parameter in command.params for option in parameter.opts} | {"--help"}
            for below in getattr(command, "commands", {}).values():
                found[*words, below.name] = {option for parameter in below.params for option in parameter.opts} | {"--help"}
    return found


def named():
    """Return what the pages say after ./wiredesk, up to where the code ends."""
    for page in PAGES:
        for line in re.findall(r"\./wiredesk ([a-z][^`\n]*)", read(page)):
            yield page.name, re.split(r"  |, |;|'|\)", line)[0].split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page):
    for path in re.findall(r"(?<![\w/.-])((?:pipeline|sql|docs|dags|tests|benchmarks)/[\w./-]*\w)(?!\.?[\w<*])", read(page)):
        places = [ROOT / path, ROOT / f"{path}.py"]
        assert any(place.exists() for place in places), path


def test_every_command_that_a_page_names_exists_with_its_options():
    known = commands()
    assert {("up",), ("demo",), ("titles", "check")} <= known.keys()
    for page, words in named():
        which = next((key for key in ((*words[:2],), (*words[:1],)) if key in known), None)
        assert which, f"{page}: ./wiredesk {' '.join(words)}"
        if which[0] not in PASSED_ON:
            strange = {word for word in words if re.match("--[a-z]", word)} - known[which]
            assert not strange, f"{page}: ./wiredesk {' '.join(words)}"


def test_every_variable_that_a_page_names_is_a_setting():
    known = {f"WIREDESK_{name.upper()}" for name in Settings.model_fields} | {"WIREDESK_PYTHON"}
    for page in PAGES:
        assert set(re.findall(r"WIREDESK_[A-Z_]+[A-Z]", read(page))) <= known, page.name


@pytest.mark.database
@pytest.mark.parametrize("statement", SQL)
def test_every_statement_that_an_analyst_or_operator_is_given_runs(news, statement):
    news.execute(statement)


def test_the_readme_is_short():
    assert len(read(ROOT / "README.md").splitlines()) <= 100


def test_decisions_are_numbered_without_gaps_and_bear_their_numbers():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert re.match(rf"# {int(page.name[:4])} \S", read(page)), page.name


def test_every_dependency_has_its_reason_and_none_has_left():
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    wanted = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in project["dependencies"]}
    given = {name.replace("_", "-") for name in re.findall(r"^\| `([\w.-]+)` \|", read(DEPENDENCIES), re.MULTILINE)}
    assert given == wanted


def test_the_runbook_has_every_reason_as_the_code_has_it():
    assert reasons.fill(read(RUNBOOK)) == read(RUNBOOK), "run ./wiredesk tables --write"


def test_the_runbook_has_every_dag():
    for file in (ROOT / "dags").glob("*.py"):
        (name,) = re.findall(r'dag_id="(\w+)"', read(file))
        assert re.search(rf"^\| `{name}` \|", read(RUNBOOK), re.MULTILINE), name


def tasks():
    """Return every task of every DAG: functions that @task decorates, and those that are named otherwise."""
    for file in (ROOT / "dags").glob("*.py"):
        (dag,) = re.findall(r'dag_id="(\w+)"', read(file))
        tree = ast.parse(read(file))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            if any(isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "task" for mark in function.decorator_list):
                yield dag, function.name
        if "forms.question(" in read(file):
            yield dag, "ask"


def test_the_runbook_has_every_task():
    section = read(RUNBOOK).partition("## Each task")[2].partition("\n## ")[0]
    entries = re.findall(r"^### (\w+): (\w+)\n\n(.+?)(?=\n\n###|\s*\Z)", section, re.MULTILINE | re.DOTALL)
    told = {(dag, name) for dag, name, _ in entries}
    for *name, text in entries:
        assert "Red: " in text, name
        assert re.search(r"clear", text, re.IGNORECASE), f"{name}: is clearing safe?"
    known = {(dag, name) for dag, name in tasks() if name != "waiting"} | {("reviews", f"waiting_{kind}") for kind in CHOICES}
    assert len(known) > 15
    assert told == known
    assert {findings.entry(*task) for task in told} <= anchors(RUNBOOK)
    assert findings.entry("reviews", "copies.ask") == "reviews-ask"
    for file in (ROOT / "dags").glob("*.py"):
        linked = set(re.findall(r"\[(\w+)\]\(wiredesk/runbook#([\w-]+)\)", read(file)))
        assert linked == {(name, findings.entry(dag, name)) for dag, name in told if dag == file.stem}, file.name


def test_the_runbook_has_every_alarm_and_the_section_that_it_sends_people_to():
    code = "".join(read(ROOT / "pipeline" / part) for part in ("steps/alarms.py", "steps/watched.py", "steps/resting.py", "ui/findings.py"))
    kinds = set(re.findall(r'kind="(\w+)"', code)) | {LATE_RUN, PAUSED}
    assert kinds >= {"silent_title", "copies_jumped", "late_run"}
    assert kinds == set(re.findall(r"^\| `(\w+)` \|", read(RUNBOOK).partition("## Alarms")[2].partition("\n## ")[0], re.MULTILINE))
    sections = set(re.findall(r'anchor="([\w-]+)"', code)) | set(findings.ANCHORS.values())
    assert len(sections) > 8
    assert sections <= anchors(RUNBOOK)


def test_the_runbook_has_every_section_that_the_code_sends_people_to():
    files = [path for folder in ("dags", "pipeline") for path in (ROOT / folder).rglob("*.py")]
    found = {title for path in files for title in re.findall(r"[\"']([A-Z][\w ]+)[\"'] in\s+docs/runbook\.md", read(path))}
    assert {"Most feeds fail", "The ledger does not balance"} <= found
    assert {title.lower().replace(" ", "-") for title in found} <= anchors(RUNBOOK)


def test_a_runbook_without_its_marks_is_not_written_over():
    with pytest.raises(ValueError, match="has lost the mark"):
        reasons.fill(read(RUNBOOK).replace(reasons.END, ""))


def test_the_picture_loads_nothing_from_elsewhere():
    drawn = read(ROOT / "docs" / "demo.svg")
    assert "./wiredesk&#160;demo" in drawn or "./wiredesk demo" in drawn
    assert set(re.findall(r"https?://[^\"' )]+", drawn)) <= {"http://www.w3.org/2000/svg"}
