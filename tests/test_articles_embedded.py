"""Pages that a browser draws from data: their text is read from the data, where it is this article's and free to read."""

import json

import pytest
from builders_articles import HEADLINE, SENTENCES, entry, page, read

from pipeline.articles import embedded
from pipeline.records import Article, Refusal

TEXT = (*SENTENCES, *(f"On day {day} the board wrote: {sentence}" for day, sentence in enumerate(SENTENCES)))
BODY = "".join(f"<p>{sentence}</p>" for sentence in TEXT)
OTHER = "".join(
    f"<p>Bread of the market at Sellis, loaf {number}, is baked with seaweed and honey by a family of four.</p>" for number in range(30)
)
NODES = [
    {"type": "paragraph", "content": [{"type": "text", "value": sentence[:20]}, {"type": "link", "content": [{"value": sentence[20:]}]}]}
    for sentence in TEXT
]
DESCRIPTION = f'<meta name="description" content="{SENTENCES[0]}">'


def drawn(*scripts, shown="", head=DESCRIPTION):
    return f"<!DOCTYPE html><html lang='en'><head><title>{HEADLINE}</title>{head}</head><body><h1>{HEADLINE}</h1><div id='root'>{shown}</div>{''.join(scripts)}</body></html>"


def as_json(value):
    return f"<script type='application/json'>{json.dumps(value)}</script>"


def as_stream(*pieces):
    return "".join(f"<script>self.__next_f.push([1,{json.dumps(piece)}])</script>" for piece in pieces)


@pytest.mark.parametrize(
    "data",
    [
        as_json({"props": {"story": {"related": OTHER, "body": BODY}}}),
        as_json({"props": {"story": {"body": {"type": "document", "content": NODES}}}}),
        f"<script>window.site.story = {json.dumps({'text': BODY})};</script>",
        as_stream('1:HL[]\n0:{"a":1}\n24:T1b7b,', BODY, '5:["$","div"]\n'),
    ],
    ids=["html in json", "nodes in json", "given to a variable", "a stream of strings"],
)
def test_a_text_that_only_the_scripts_carry_is_read(data):
    found = read(drawn(data))
    assert isinstance(found, Article)
    assert found.method == "script-data"
    assert all(sentence in found.text for sentence in TEXT)
    assert "seaweed" not in found.text


def test_the_rest_of_a_text_that_begins_on_the_page_is_read():
    found = read(drawn(as_json({"body": BODY}), shown=f"<p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>", head=""))
    assert (found.method, TEXT[-1] in found.text) == ("script-data", True)


def test_another_text_in_the_data_is_not_the_pages():
    assert isinstance(read(drawn(as_json({"next": OTHER}))), Refusal)
    shown = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:3])
    found = read(drawn(as_json({"next": OTHER}), shown=shown))
    assert found.method != "script-data"
    assert "seaweed" not in found.text


def test_what_the_page_says_is_not_free_is_not_read_from_its_data():
    said = f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'headline': HEADLINE, 'isAccessibleForFree': False})}</script>"
    found = read(drawn(said, as_json({"body": BODY}), shown=f"<p>{SENTENCES[0]}</p>"))
    assert isinstance(found, Refusal) or found.method != "script-data"


def test_a_whole_text_on_the_page_is_taken_from_the_page():
    found = read(drawn(as_json({"body": BODY + OTHER}), shown=BODY))
    assert found.method != "script-data"


@pytest.mark.parametrize("broken", ["{" * 100_000, '{"a":' * 50_000, "[1," * 100_000, '"' * 100_000, '__next_f.push([1,"' * 20_000])
def test_broken_data_hold_nothing(broken):
    assert (
        embedded.find(
            f"<script>{broken}</script><script type='application/json'>{broken}</script>", shown=(), description="", headline=HEADLINE
        )
        == ""
    )
    assert isinstance(read(drawn(as_json(broken))), Refusal)


def test_the_feeds_headline_stands_in_for_a_page_without_one():
    bare = f"<html><body><div></div>{as_json({'body': BODY})}</body></html>"
    assert read(bare, entry=entry(headline=HEADLINE)).headline == HEADLINE
    assert page(bare).body
