"""A page and the rules for credits -> an Article, or the Refusal that names what it is instead.

Pure: same page, same rules, same article. It may take long on a hostile page; callers run it in `pipeline.children`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline import urls
from pipeline.articles import blocks as blocks_
from pipeline.articles import (
    captions,
    claims,
    embedded,
    figures,
    flags,
    headlines,
    images,
    metadata,
    moments,
    people,
    structured,
    texts,
    trees,
    walls,
)
from pipeline.articles.credits import find as find_credits
from pipeline.articles.repeats import NOTHING, without
from pipeline.articles.texts import Text
from pipeline.reasons import Reason
from pipeline.records import Access, Article, Page, Refusal
from pipeline.text import clean, cut, plain, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipeline.articles.blocks import Block
    from pipeline.articles.credits import Rules
    from pipeline.articles.repeats import Known
    from pipeline.articles.structured import Structured
    from pipeline.articles.trees import Tree

MIN_WORDS = 30  # below this a text is a caption or a teaser
STUB = 150  # words: a text of fewer that says it goes on elsewhere is a stub
LONGER = 1.5  # times the text found: what the page counts or the feed carries, from which ours is a stub
NAME = 5  # words: no site is called by more
LIMIT = 500_000  # characters of a text
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p|title|meta)\b", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A page, taken apart."""

    page: Page
    tree: Tree
    told: Structured
    said: dict[str, str]
    holders: frozenset[HtmlElement]  # of a picture and little else
    blocks: Sequence[Block]
    sites: tuple[str, ...]
    headline: str
    description: str


def extract(page: Page, rules: Rules, learnt: Known = NOTHING) -> Article | Refusal:
    """Return what the page says, or why it says nothing usable. `learnt` is what the title's pages are known to repeat."""
    if not page.body.strip():
        return _refused(page, Reason.EMPTY_BODY)
    kind = page.content_type.split(";")[0].strip().lower()
    if (kind and "html" not in kind and "xml" not in kind and kind != "text/plain") or not _HTML.search(
        page.body[:65536].replace(b"\0", b"")
    ):
        return _refused(page, Reason.NOT_HTML, kind)
    markup = trees.decode(page.body, page.content_type)
    tree = trees.parse(markup)
    if tree is None:
        return _refused(page, Reason.NO_TEXT)
    source = _source(page, tree)
    return _read(*_drawn(markup, source, _text(source)), rules, learnt)


def _read(source: _Source, text: Text, rules: Rules, learnt: Known) -> Article | Refusal:
    page = source.page
    text = replace(text, paragraphs=without(text.paragraphs, learnt))
    found = texts.words("\n\n".join(text.paragraphs))
    if wall := walls.name(source.tree, source.blocks, source.told, headline=source.headline, words=found):
        return _refused(page, *wall)
    text, access = _completed(page, text, source.told, locked=walls.locked(source.blocks, text.body.last if text.body else None))
    whole = cut(printable("\n\n".join(text.paragraphs)), LIMIT)
    count = texts.words(whole)
    if not count:
        return _refused(page, Reason.NO_TEXT)
    if count < MIN_WORDS and access == "full":
        return _refused(page, Reason.TOO_SHORT, whole)
    if not source.headline:
        return _refused(page, Reason.NO_HEADLINE, whole)
    return _article(source, rules, text=text, whole=whole, access=access)


def _text(source: _Source) -> Text:
    return texts.find(source.tree.root, source.blocks, source.told, headline=source.headline, description=source.description)


def _drawn(markup: str, source: _Source, text: Text) -> tuple[_Source, Text]:
    """Return the page and its text as a browser draws them, where its scripts carry far more than it shows and nobody must pay for it."""
    count = texts.words("\n\n".join(text.paragraphs))
    if count >= STUB or source.told.free is False:
        return source, text
    said = embedded.find(markup, shown=text.paragraphs, description=source.description, headline=source.headline)
    tree = trees.parse(embedded.shown_with(markup, said)) if said else None
    drawn = _source(source.page, tree) if tree else source
    found = _text(drawn) if tree else text
    if texts.words("\n\n".join(found.paragraphs)) < max(texts.COLLAPSED, 2 * count):
        return source, text
    return drawn, replace(found, method="script-data")


def _source(page: Page, tree: Tree) -> _Source:
    told, said, holders = structured.read(tree.scripts), metadata.metas(tree.root), captions.find(tree.root)
    found = blocks_.read(tree.root, holders)
    sites = _sites(page, said, told)
    headline = headlines.choose(found, said, told, page_title=tree.root.findtext(".//title") or "", sites=sites)
    headline = headline or (page.entry.headline if page.entry else "")
    description = told.description or plain(said.get("og:description") or said.get("description") or "")
    return _Source(
        page=page,
        tree=tree,
        told=told,
        said=said,
        holders=holders,
        blocks=found,
        sites=sites,
        headline=headline,
        description=description,
    )


def _article(source: _Source, rules: Rules, *, text: Text, whole: str, access: Access) -> Article:
    page, root, told, said, entry = source.page, source.tree.root, source.told, source.said, source.page.entry
    language = metadata.language(whole, source.tree.language, entry.language if entry else None, page.title.language)
    made = claims.make(page, source.blocks, told, said, text=text, whole=whole, language=language, names=(*source.sites, source.headline))
    published, modified = moments.find(page, root, said, told)
    near = figures.near(text.body.paragraphs if text.body else (), source.holders)
    return Article(
        headline=source.headline,
        text=whole,
        words=texts.words(whole),
        language=language,
        method=text.method,
        access=access,
        standfirst=text.standfirst,
        authors=people.authors(root, source.blocks, told, entry=entry, sites=source.sites),
        published=published,
        modified=modified,
        section=metadata.section(said, told) or (entry.section if entry else None),
        tags=metadata.tags(root, said, told),
        canonical_url=metadata.canonical(page, root, said),
        copyright_holder=metadata.holder(said, told),
        licence=metadata.licence(page, root, said, told),
        images=images.find(root, told, near, base=page.url, card=said.get("og:image", ""), agencies=rules.names.whole),
        credits=find_credits(made, rules),
        flags=flags.find(told, source.blocks, text, source.headline),
    )


def _completed(page: Page, text: Text, told: Structured, *, locked: tuple[bool, bool]) -> tuple[Text, Access]:
    """Return the text, or the feed's where that is the fuller one, and how much of the article it is."""
    whole = "\n\n".join(text.paragraphs)
    count = texts.words(whole)
    fed = structured.paragraphs(page.entry.text) if page.entry and page.entry.text else ""
    if fed and texts.words(fed) > LONGER * max(count, MIN_WORDS):
        return Text(paragraphs=tuple(fed.split("\n")), standfirst=text.standfirst, method="feed", body=None), "full"
    unfinished = bool(_OPEN_END.search(whole)) or told.words > LONGER * max(count, MIN_WORDS)
    anywhere, after = locked
    if count < 2 * STUB and (anywhere or told.free is False) and (count < STUB or unfinished or (after and told.free is not True)):
        return text, "paywall"
    return text, "stub" if count < STUB and unfinished else "full"


def _sites(page: Page, said: dict[str, str], told: Structured) -> tuple[str, ...]:
    """Return the names that the site may go by."""
    host = urls.host(page.url).removeprefix("www.")
    named = (said.get("og:site_name", ""), said.get("application-name", ""), told.publisher)
    return tuple(name for name in (page.title.name, *named, host, host.split(".")[0]) if 0 < len(name.split()) <= NAME)


def _refused(page: Page, reason: Reason, detail: str = "") -> Refusal:
    return Refusal(stage="article", reason=reason, detail=clean(detail, 200), url=page.url)
