"""What a page is when it is no article -> its name, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.articles import margins, phrases
from pipeline.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.articles.blocks import Block
    from pipeline.articles.structured import Structured
    from pipeline.articles.trees import Tree

SMALL = 150  # words: a page of fewer may be a wall; one of more has an article beside it
TEASERS = 8  # links to articles with hardly a text: a front page
LINKED = 0.8  # of a page that is nothing but links, whatever its length
LETTERS = 900  # SMALL in letters
PICTURES = 6  # with hardly a text: a gallery


def name(tree: Tree, blocks: Sequence[Block], told: Structured, *, headline: str, words: int) -> tuple[Reason, str] | None:
    """Return why the page is no article, and the words that say so. `words` is the length of the text that was found."""
    if listed := _listed(tree, blocks, told):
        return Reason.NOT_AN_ARTICLE, listed
    if words >= SMALL:
        return None
    visible = [block.text for block in blocks if not block.aside or block.words > 20][:60]  # noqa: PLR2004  longer than a label
    top = " ".join(visible)[:3000]
    titles = [headline, " ".join((tree.root.findtext(".//title") or "").split())]
    for table, reason in (("missing", Reason.SOFT_404), ("consent", Reason.CONSENT_WALL), ("login", Reason.LOGIN_WALL)):
        if told_by := [title for title in titles if phrases.says(table, title)]:
            return reason, told_by[0]
    for table, reason in (("consent", Reason.CONSENT_WALL), ("missing", Reason.SOFT_404)):
        if words < SMALL // 2 and phrases.says(table, top) and len(top.split()) < 2 * SMALL and not told.kind:
            return reason, top
    return _medium(tree, blocks, told, words)


def _listed(tree: Tree, blocks: Sequence[Block], told: Structured) -> str:
    """Return what says that the page is nothing but links to others; nothing, where it is more or calls itself an article."""
    own = [block for block in blocks if not block.aside]
    every = sum(len(block.text) for block in own)  # letters: not every script has spaces
    linked = sum(len(block.text) * block.links for block in own)
    told_here = sum(len(block.text) for block in own if block.links < 0.5)  # noqa: PLR2004  more words of its own than of links
    if told.kind or every < LETTERS or linked < LINKED * every or told_here >= LETTERS // 6:
        return ""
    kind = tree.root.xpath("string(//meta[@property='og:type']/@content)").lower()
    return "" if "article" in kind else f"{linked:.0f} of {every} letters are links"


def locked(blocks: Sequence[Block], last: int | None) -> tuple[bool, bool]:
    """Say whether the page says anywhere, and whether right after its text and without an offer to sign up, that it is for members."""
    if not phrases.may("wall", [block.text for block in blocks if block.words < margins.WALL]):
        return False, False
    places = [place for place, block in enumerate(blocks) if margins.is_wall(block)]
    beneath = [] if last is None else [blocks[place].text for place in places if last < place <= last + margins.REACH]
    return bool(places), bool(beneath) and not any(phrases.says("membership", text) for text in beneath[:1])


def _medium(tree: Tree, blocks: Sequence[Block], told: Structured, words: int) -> tuple[Reason, str] | None:
    """Name galleries, videos and lists by what they are made of."""
    kind = tree.root.xpath("string(//meta[@property='og:type']/@content)").lower()
    if words < SMALL // 2 and ("video" in kind or "videoobject" in told.kinds or tree.players) and told.kind in {"", "videoobject"}:
        return Reason.VIDEO, kind or f"{tree.players} players"
    pictures = sum(1 for block in blocks if block.picture)
    if words < SMALL // 2 and ("imagegallery" in told.kinds or "gallery" in kind or pictures >= PICTURES):
        return Reason.GALLERY, f"{pictures} captions"
    teasers = sum(1 for block in blocks if block.links > 0.9 and block.words >= 5 and not block.aside)  # noqa: PLR2004  a headline, and nothing but its link
    listing = bool(told.kinds & {"collectionpage", "searchresultspage", "profilepage", "itemlist"})
    if words < SMALL and not told.kind and "article" not in kind and (teasers >= TEASERS or listing):
        return Reason.NOT_AN_ARTICLE, f"{teasers} links to others"
    return None
