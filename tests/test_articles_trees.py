"""A page's markup -> its tree: scripts go before it is parsed, and nothing else goes with them."""

import tomllib
from pathlib import Path

import pytest

from pipeline.articles import phrases, places, trees

PARAGRAPH = "<p>The harbour of Norrvik stays closed until Monday.</p>"
PHRASES = tomllib.loads(Path(phrases.__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


def said(markup: str) -> str:
    tree = trees.parse(f"<html><body>{markup}</body></html>")
    assert tree is not None
    return " ".join("".join(tree.root.itertext()).split())


@pytest.mark.parametrize(
    "odd",
    [
        "<script>let a = '<p>not this</p>';</script>",
        "<SCRIPT>let a = 1;</SCRIPT>",
        "<script>let a = 1;</SCRIPT >",
        "<style>p { color: red }</style>",
        "<!-- <script> -->",
        "<!-- <style> is not begun --><!-- nor ended </style> -->",
        "<script><!-- let a = 1; --></script>",
        "<script>let a = '<!--';</script>",
        "<script src=a.js></script><script>let b = '<style>';</script>",
        """<div data-box='{"html": "<script src=a.js><\\/script>"}'></div>""",
        "<scripture></scripture>",
    ],
)
def test_code_goes_and_the_text_beside_it_stays(odd):
    assert said(f"{PARAGRAPH}{odd}{PARAGRAPH}<script>let z = 1;</script>").count("stays closed until Monday.") == 2


def test_code_that_never_ends_costs_no_time_and_no_text_before_it():
    assert said(PARAGRAPH + "<script>" * 100_000).startswith("The harbour of Norrvik")
    assert said(PARAGRAPH + "<!--" * 100_000).startswith("The harbour of Norrvik")


def test_what_a_page_says_in_json_is_kept():
    tree = trees.parse('<html><script>a()</script><script type=\'application/ld+json\'>{"@type": "Article"}</script><p>A</p></html>')
    assert tree is not None
    assert tree.scripts == ('{"@type": "Article"}',)


@pytest.mark.parametrize("table", PHRASES)
def test_every_phrase_is_found(table):
    for phrase in (phrase for group in PHRASES[table].values() for phrase in group):
        assert phrases.says(table, f"{phrase.strip('*$').replace('...', 'Jane')}"), phrase
        if phrase.startswith("*") and phrase[1].isalnum() and not phrase.endswith("$"):
            assert phrases.says(table, f"Well, {phrase.strip('*').replace('...', 'Jane')} - indeed."), phrase


@pytest.mark.parametrize("name", ["articleLead", "ARTICLE-LEAD", "article_lead", "article-lead"])
def test_names_of_elements_mean_the_same_in_any_case(name):
    assert places.read(name).lead
    assert not places.read("misleading").lead
