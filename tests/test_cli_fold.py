"""`./wiredesk fold`: a file of documents -> stories; in any order, by any number of processes, with nothing lost."""

import json
import random

import pytest
from builders_stories import FOURTH, OTHER_AGENCY, SPEECH, THIRD, UNRELATED, WIRE, cut
from typer.testing import CliRunner

from pipeline.cli import corpus_shelf
from pipeline.cli.fold import app
from pipeline.stories import documents
from pipeline.stories.documents import Document, Wrong

pytestmark = pytest.mark.process

FOOTER = (
    "Sign up to our morning letter and never miss what matters on the coast, for a small sum that keeps eleven reporters at work all year."
)


def line(name, text=WIRE, title="quay.example", at="2026-03-02T06:00:00Z", **more):
    given = {"id": name, "title": title, "language": "en", "published_at": at, "headline": "Ferries stop", "text": text, **more}
    return json.dumps(given, ensure_ascii=False)


CORPUS = [
    line("wire", title="news.example"),
    line("cut", cut(WIRE, 0, 4) + "\n\n" + FOOTER, at="2026-03-02T07:00:00+00:00"),
    line("again", title="bay.example", at="2026-03-02T08:00:00"),
    line("expanded", WIRE + "\n\n" + cut(UNRELATED, 0, 4), title="hill.example", at="2026-03-03T08:00:00Z"),
    line("painting", UNRELATED + "\n\n" + FOOTER),
    line("third", THIRD + "\n\n" + FOOTER),
    line("other agency", OTHER_AGENCY, title="bay.example"),
    line("undated", cut(WIRE, 0, 8), title="isle.example", at=None),
]


@pytest.fixture
def fold(tmp_path):
    def run(lines, *options, code=0):
        docs, out = tmp_path / "docs.jsonl", tmp_path / "stories.jsonl"
        docs.write_bytes("\n".join(lines).encode() if isinstance(lines, list) else lines)
        done = CliRunner().invoke(app, [str(docs), "--out", str(out), *options])
        assert done.exit_code == code, done.output
        return [json.loads(row) for row in out.read_text().splitlines()], done.stderr, out.read_bytes()

    return run


def test_copies_are_one_story_with_what_each_kept_and_added(fold):
    rows, summary, _ = fold(CORPUS)
    told = {row["id"]: row for row in rows}
    assert list(rows[0]) == ["id", "story", "canonical", "relation", "kept", "own", "agency"]
    assert {name for name in told if told[name]["canonical"] == "wire"} == {"wire", "cut", "again", "expanded", "undated"}
    assert {name: told[name]["relation"] for name in ("wire", "cut", "again", "expanded", "painting")} == {
        "wire": "origin", "cut": "trimmed", "again": "verbatim", "expanded": "expanded", "painting": "origin",
    }  # fmt: skip
    assert len({told[name]["story"] for name in ("wire", "painting", "third", "other agency")}) == 4
    assert "8 documents: 8 folded into 4 stories, 0 refused" in summary


def test_the_outcome_is_the_same_byte_by_byte_whatever_the_order_and_the_number_of_processes(fold):
    _, _, first = fold(CORPUS, "--workers", "1")
    for seed in (1, 2):
        shuffled = random.Random(seed).sample(CORPUS, len(CORPUS))
        assert fold(shuffled, "--workers", str(seed))[2] == first


def test_a_bad_line_is_refused_by_name_and_number_and_nothing_is_lost(fold):
    bad = ["{", "[]", line(""), line("a", title=" "), line("b", text=""), line("c", at="yesterday"), line("d", language=3)]
    rows, said, _ = fold([CORPUS[0], *bad, "", CORPUS[4]], code=3)
    for number, why in enumerate(("not_json", "not_an_object", "no_id", "no_title", "no_text", "bad_time", "bad_field"), start=2):
        assert f"line {number}: {why}\n" in said
    assert len(rows) == 2
    assert "9 documents: 2 folded into 2 stories, 7 refused (bad_field 1, bad_time 1," in said


def test_of_documents_with_one_id_the_fullest_is_kept_in_any_order_and_both_lines_are_named(fold):
    """Of as many words the smallest digest decides; lines that say the same are one."""
    full, short = line("one", UNRELATED), line("one", cut(UNRELATED, 0, 4))
    twins = [line("two", WIRE, headline=headline) for headline in ("Ferries stop", "Ferries halt")]
    lines = [short, full, *twins, twins[0], CORPUS[4]]
    rows, said, first = fold(lines, code=3)
    assert len(rows) == 3
    assert "line 1: duplicate_id: line 2 is used\n" in said
    assert "duplicate_id 3" in said
    assert next(row["kept"] for row in rows if row["id"] == "one") > 0.8, "it is the full text"
    for seed in (1, 2):
        assert fold(random.Random(seed).sample(lines, len(lines)), code=3)[2] == first


def test_a_corpus_of_which_nothing_can_be_read_ends_with_an_error(fold):
    assert fold(["nothing"], code=1)[0] == []
    assert fold([""])[0] == []


def test_documents_come_and_stories_go_through_pipes():
    done = CliRunner().invoke(app, ["-"], input="\n".join(CORPUS[:3]))
    assert [json.loads(row)["id"] for row in done.stdout.splitlines()] == ["wire", "cut", "again"]


def test_a_file_that_is_not_there_is_a_wrong_option(tmp_path):
    done = CliRunner().invoke(app, [str(tmp_path / "none.jsonl")])
    assert done.exit_code == 2
    assert "No such file" in done.stderr


def test_hundreds_of_verbatim_copies_are_one_story(fold):
    """More than any shingle may be in and still be looked at: those that say the same are compared as one."""
    many = [line(f"copy {number}", title=f"t{number}.example") for number in range(200)]
    rows, _, _ = fold([*many, line("short", cut(WIRE, 0, 5), at="2026-03-04T06:00:00Z")])
    assert {row["story"] for row in rows} == {1}
    assert sum(row["relation"] == "verbatim" for row in rows) == 199


def test_an_agency_signed_in_some_copies_is_that_of_the_story(fold):
    signed = WIRE.replace("OSTRAVEN (NPA) - ", "OSTRAVEN (AP) — ")
    rows, _, _ = fold([line("signed", signed), line("bare", WIRE.replace("OSTRAVEN (NPA) - ", ""), title="bay.example")])
    assert {(row["story"], row["agency"]) for row in rows} == {(1, "ap")}


def test_two_stories_that_share_a_speech_stay_two(fold):
    rows, _, _ = fold(
        [line(name, f"{cut(text, 0, 3)}\n\n{SPEECH}", title=f"{name}.example") for name, text in (("a", UNRELATED), ("b", THIRD))]
    )
    assert [row["story"] for row in rows] == [1, 2]


def test_a_page_that_holds_several_texts_is_alone_and_flagged_and_says_what_it_holds(fold):
    texts = {"painting": UNRELATED, "third": THIRD, "drone": FOURTH}
    whole = [line(name, text, title=f"{name}.example") for name, text in texts.items()]
    rows, _, _ = fold([*whole, line("briefing", "\n\n".join(texts.values()), title="bay.example", at="2026-03-02T09:00:00Z")])
    told = {row["id"]: row for row in rows}
    assert len({row["story"] for row in rows}) == 4
    assert told["briefing"]["flags"] == ["roundup"]
    assert sorted(told["briefing"]["holds"]) == ["drone", "painting", "third"]
    assert not any("flags" in told[name] for name in texts)


def test_a_line_longer_than_any_document_is_refused_and_the_next_one_read(fold):
    rows, said, _ = fold(b'{"id": "' + b"x" * (documents.LONGEST + 10) + b'"}\n' + CORPUS[0].encode(), code=3)
    assert "line 1: too_long" in said
    assert [row["id"] for row in rows] == ["wire"]


def test_postings_come_back_in_the_order_in_which_they_were_put_however_many_there_are(tmp_path):
    with (tmp_path / "postings").open("w+b") as file:
        postings = corpus_shelf.Postings(file)
        for document in range(1000):
            postings.add(document, (-7, 11, 10_000 + document))
        assert list(postings.each()) == [list(range(1000))] * 2
        assert file.tell() > 10 * corpus_shelf.LOT


def test_what_is_put_under_a_known_number_takes_its_place(tmp_path):
    with (tmp_path / "shelf").open("w+b") as file:
        shelf = corpus_shelf.Shelf(file)
        for number, data in ((0, b"a"), (1, b"bcd"), (2, b""), (0, b"efgh")):
            shelf.put(number, data)
        file.flush()
        shelf.arrange([2, 0, 1])
        assert [shelf.get(number) for number in range(3)] == [b"", b"efgh", b"bcd"]


@pytest.mark.parametrize("text", ["\ud800 lone", "a\x00b", "\u0000"])
def test_text_that_cannot_be_printed_is_cleaned_or_refused_and_never_breaks_the_run(text):
    read = documents.read(json.dumps({"id": 7, "title": "WWW.Quay.example", "text": text + " words", "language": "en-GB"}).encode())
    assert isinstance(read, Document)
    assert (read.id, read.title, read.language, read.published_at) == ("7", "quay.example", "en", None)
    assert documents.read(json.dumps({"id": text, "title": "a", "text": "b"}).encode()) is Wrong.NO_ID
