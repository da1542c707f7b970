"""`./wiredesk extract` of what somebody has already: a file, standard input, an index of pages."""

import gzip
import json

import pytest
from builders_articles import PAGES
from typer.testing import CliRunner

from pipeline.cli.steps import app

FIELDS = [
    "id", "refusal", "headline", "standfirst", "text", "authors", "published_at", "published_precision", "published_from", "language",
    "images", "agencies", "agency_kind", "agency_method", "confidence", "access", "method",
]  # fmt: skip
READER = PAGES / "reader_app.html"
URL = "https://shelf.example/the-tidewater-courier/minister-courts-harbour-rivals"


@pytest.fixture
def run():
    return lambda *args, **changes: CliRunner().invoke(app, ["extract", *args], catch_exceptions=False, **changes)


@pytest.fixture
def index(tmp_path):
    """An index of four pages: one packed, one that is none, one that is missing, one without an address."""
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(READER.read_bytes()))
    (tmp_path / "b.html").write_text("<html><body></body></html>", encoding="utf-8")
    rows = [
        {"id": 7, "url": URL, "path": "a.html.gz"},
        {"id": "b", "url": "https://courier.example/b", "path": "b.html"},
        {"id": "c", "url": "https://courier.example/c", "path": "gone.html"},
        {"id": "d", "url": None, "path": str(READER)},
    ]
    (tmp_path / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path / "index.jsonl"


def test_a_file_gives_the_fields_that_others_rely_on_and_no_others(run):
    found = json.loads(run(str(READER), "--url", URL, "--json").stdout)
    assert list(found) == FIELDS
    assert (found["headline"], found["agencies"], found["agency_method"]) == (
        "Minister Courts Harbour Rivals As Ferry Accord Slips",
        ["afp"],
        "self_reference",
    )
    assert {tuple(image) for image in found["images"]} == {("url", "caption", "credit")}


def test_standard_input_is_read_as_a_file_is(run):
    by_file = run(str(READER), "--url", URL, "--json").stdout
    assert run("-", "--url", URL, "--json", input=READER.read_bytes()).stdout == by_file


def test_a_refusal_is_a_result_with_its_evidence(run):
    shown = run("-", "--url", URL, input=b"<html><body><p>Too few words.</p></body></html>")
    assert (shown.exit_code, shown.stdout) == (0, "refused:too_short: Too few words.\n")


@pytest.mark.parametrize(
    ("page", "access"),
    [
        ("<html><body></body></html>", "refused"),
        ("<title>Page not found</title><body><h1>Page not found</h1><p>We cannot find the page that you asked for.</p></body>", "gone"),
    ],
)
def test_a_refusal_says_how_much_there_is_to_read(run, page, access):
    found = json.loads(run("-", "--url", URL, "--json", input=page.encode()).stdout)
    assert (found["access"], found["text"]) == (access, None)


def test_a_batch_gives_a_line_for_each_page_in_its_order_whatever_becomes_of_it(run, index, tmp_path):
    out = tmp_path / "out.jsonl"
    assert run("--batch", str(index), "--out", str(out)).stdout == "4 pages: 2 articles, 2 refused.\n"
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["refusal"]) for row in rows] == [(7, None), ("b", "no_text"), ("c", "not_found"), ("d", None)]
    assert all(list(row) == FIELDS for row in rows)


def test_bad_lines_of_an_index_are_named_and_the_others_read(run, index, tmp_path):
    whole = gzip.compress(READER.read_bytes())
    (tmp_path / "cut.html.gz").write_bytes(whole[: len(whole) // 2])
    with index.open("ab") as file:
        file.write(
            b'\n{"id": 9, "url"\n[1, 2]\n\xff\n{"id": "e", "path": "cut.html.gz"}\n{"id": "f", "url": "ftp://a", "path": "b.html"}\n'
        )
    out = tmp_path / "out.jsonl"
    done = run("--batch", str(index), "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, "9 pages: 2 articles, 7 refused.\n")
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["refusal"] for row in rows[4:]] == ["broken_entry", "broken_entry", "broken_entry", "bad_encoding", "bad_url"]
    named = [line.split(":")[0] for line in done.stderr.splitlines() if line.startswith("line ")]
    assert sorted(named) == sorted(f"line {number}" for number in (3, 6, 7, 8, 9, 10))


@pytest.mark.parametrize(
    "args",
    [
        ("--batch", "index.jsonl"),
        (str(READER), "--out", "x"),
        (str(READER), "--url", "no address"),
        ("missing.html",),
        ("--batch", "missing", "--out", "x"),
    ],
)
def test_what_cannot_be_done_ends_with_exit_code_2(run, args):
    assert run(*args).exit_code == 2
