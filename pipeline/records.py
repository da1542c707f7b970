"""The nouns, frozen, in the order in which news flows through them. This is the glossary.

title -> feed -> poll -> entry -> page -> article -> signature -> match -> story -> sketch -> event
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003  records are read at run time (dataclasses, pydantic)
from dataclasses import dataclass, field
from datetime import datetime, timedelta  # noqa: TC003  read at run time, too
from typing import Literal, NamedTuple

from pipeline.reasons import Reason  # noqa: TC001  read at run time, too

FeedKind = Literal["feed", "news_sitemap"]
Precision = Literal["second", "minute", "day"]
Access = Literal["full", "stub", "paywall"]
Stage = Literal["feed", "entry", "page", "article"]
Extent = Literal["full", "mixed"]
Level = Literal["strict", "normal", "loose", "none"]
Relation = Literal["origin", "verbatim", "trimmed", "edited", "expanded", "partial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A news agency whose text others run."""

    key: str  # "afp"
    name: str  # "Agence France-Presse"
    aliases: tuple[str, ...] = ()  # what people write: "AFP", "l'AFP"
    languages: tuple[str, ...] = ()  # ISO 639-1
    country: str | None = None  # ISO 3166-1 alpha-2, lower case
    domains: tuple[str, ...] = ()  # its own sites: "afp.com"
    ambiguous: tuple[str, ...] = ()  # aliases that mean other things elsewhere ("PA", "TT"): they count in its own languages only
    signoffs: tuple[str, ...] = ()  # literal marks at the end or start of a text: "(AFP)", "- AFP"
    examples: tuple[Mapping[str, str], ...] = ()  # each a test: {"text": ..., "method": ..., "extent": ...}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An address polled for entries."""

    url: str
    kind: FeedKind = "feed"  # RSS, RDF, Atom and JSON Feed are told apart from the bytes
    section: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A publication."""

    key: str  # "le-monde"
    name: str
    owner: str
    country: str  # ISO 3166-1 alpha-2, lower case
    language: str  # ISO 639-1
    kind: str  # newspaper, broadcaster, portal, magazine, agency, republisher
    domains: tuple[str, ...]  # registrable domains or hosts of its own articles; the first is the main one
    feeds: tuple[Feed, ...]
    agency: str | None = None  # key of the agency that this title is the site of
    weight: int = 0  # the last but one tie-breaker when a canonical article is chosen; higher wins


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time that says how exact it is and who says so."""

    at: datetime  # UTC; midnight where only the day is known
    precision: Precision
    source: str  # "json-ld", "meta", "feed", "html", "url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was not kept, and why."""

    stage: Stage
    reason: Reason
    detail: str = ""  # for people; cleaned and cut before it is stored
    url: str | None = None
    status: int | None = None  # what the server answered, where it answered
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the web said to one request, after redirects. The body is decoded and within its limit."""

    url: str  # the final address
    status: int  # 200, or 304 when a validator was sent
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    moved_to: str | None = None  # final address if every hop was permanent (301, 308) and there was one
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a host's robots.txt said, as it was read (RFC 9309)."""

    fetched_at: datetime
    state: Literal["rules", "allow_all", "unreachable"]  # unreachable means no
    text: str = ""  # the rules; of an unreachable one, what happened
    reason: Reason | None = None  # where the host itself could not be reached, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """When a feed asks to be polled."""

    pace: timedelta | None = None  # at most this often (ttl, sy:updatePeriod)
    usual: timedelta | None = None  # the same, in the words that its software says of every feed
    skips: tuple[int, ...] = ()  # hours of the week in which not to (skipHours, skipDays), in UTC; Monday's first is 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What a feed has brought and when: enough to tell when it will bring more."""

    read_at: datetime | None = None  # the last time that it could be read, or was unchanged
    depth: int = 0  # entries that it then held
    came: tuple[float, ...] = ()  # entries by hour of the day (24), then by day of the week (7), in UTC; old ones fade in weeks
    watched: tuple[float, ...] = ()  # hours for which those were counted; they fade likewise
    lately: float = 0.0  # entries that came; they fade in hours
    awaited: float = 0.0  # entries that were to be expected in that time


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a feed is polled, and how it has been behaving."""

    interval: timedelta
    failures: int = 0  # in a row
    state: Literal["active", "probation", "gone"] = "active"  # gone: 410; it is never asked again
    wishes: Wishes = Wishes()
    habit: Habit = Habit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed says about an article."""

    url: str  # absolute, as the feed gives it, tracking parameters removed
    url_key: bytes  # sha-256 of the normalised address: the article's identity
    rank: int  # place in the feed, from 1
    headline: str = ""
    summary: str = ""  # plain text
    guid: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    section: str | None = None
    text: str | None = None  # full text as HTML, where the feed carries it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one feed's body says: every entry it lists is either here or among the refusals."""

    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    form: str  # "rss", "atom", "rdf", "json", "news_sitemap"
    wishes: Wishes = Wishes()
    language: str | None = None
    complete: bool = True  # False: the body ends in the middle, so its validators must not be remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes fetched for an article's address, and what the feed had said."""

    url: str  # the final address
    body: bytes
    content_type: str
    fetched_at: datetime
    title: Title
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an article: caption and credit are data and never part of the text."""

    url: str = ""
    caption: str = ""
    credit: str = ""
    agency: str = ""  # key of the agency that the credit names


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Every place in which a page may name whom its text is from. Photo credits and related boxes never get here."""

    text: str  # the cleaned text, paragraphs divided by one blank line
    language: str
    host: str  # of the page
    bylines: tuple[str, ...] = ()  # byline elements as shown: "AFP, Manila", "By Jane Doe and Reuters"
    structured: tuple[str, ...] = ()  # JSON-LD author, creditText, sourceOrganization, copyrightHolder, provider
    meta: tuple[str, ...] = ()  # <meta> author, source, provider, copyright, article:author, dc.creator
    lines: tuple[str, ...] = ()  # short lines at the head or tail that are no text: "Quelle: dpa", "(c) 2024 AFP", "(ats/nxp)"
    feed: tuple[str, ...] = ()  # authors that the feed named


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Which agency a text is from, by which evidence, how sure."""

    agency: str  # key
    extent: Extent  # the whole text, or a part ("with AFP")
    method: str  # byline, dateline, json_ld, meta, signoff, copyright, self_reference, source_line, domain
    evidence: str  # the words that say it
    confidence: float  # 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page says, cleaned. Paragraphs of the text are divided by one blank line."""

    headline: str
    text: str
    words: int
    language: str
    method: str  # how the text was found: "trafilatura-precision", "json-ld", ...
    access: Access = "full"
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    published: Moment | None = None
    modified: Moment | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    canonical_url: str | None = None  # never another host's
    copyright_holder: str | None = None  # where the page states it
    licence: str | None = None  # its address, or its name
    images: tuple[Image, ...] = ()
    credits: tuple[Credit, ...] = ()  # the surest first
    flags: tuple[str, ...] = ()  # "live_blog", "roundup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What is kept of a text to find its copies."""

    version: int
    width: int  # words in a shingle; more where the script is read sign by sign
    tokens: tuple[int, ...]  # a 32-bit hash of each word, in text order
    flags: bytes  # what each word is: number, name, quoted, boilerplate; bits of stories/words.py and signatures.py
    shingles: tuple[int, ...]  # a signed 64-bit hash of each window of `width` words, in text order
    sample: tuple[int, ...]  # the lowest-hashing of them: how candidates are found


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two articles judged copies of one text, with the evidence. left < right."""

    left: int
    right: int
    left_in_right: float  # share of the left text found in the right one, 0..1; boilerplate does not count
    right_in_left: float
    left_words: int  # words that are no boilerplate
    right_words: int
    shared: int  # narrated words that both have
    longest: int  # longest shared passage, in words
    lead: float  # share of one text's first 60 words found in the other, 0..1; the higher of the two
    told: float  # the higher of both shares, quotations weighing little, 0..1: what is judged
    differing: float  # numbers and names that stand in the same place and differ, among all in shared passages, 0..1
    passages: tuple[tuple[int, int, int], ...]  # the longest shared ones: first word left, first word right, words
    level: Level  # the strictest setting of the dial at which the two are copies


class Overlap(NamedTuple):
    """What grouping reads of a match that is stored. A tuple, because there may be a hundred thousand around a batch of new articles."""

    left: int
    right: int
    left_in_right: float
    right_in_left: float
    left_words: int
    right_words: int
    numbers: Sequence[int]  # of the passages, three each, which few are asked for
    level: Level

    @property
    def passages(self) -> tuple[tuple[int, int, int], ...]:
        return tuple(zip(self.numbers[::3], self.numbers[1::3], self.numbers[2::3], strict=True))


Evidence = Match | Overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An article as a member of a story: all that choosing a canonical article needs."""

    article: int
    url_key: bytes
    words: int
    access: Access
    by_agency: bool  # the agency's own site
    first_seen_at: datetime
    happened_at: datetime
    precise: bool  # False where happened_at is only good for ordering, not for lags
    weight: int = 0
    agency: str | None = None  # key of the agency that the copy credits most surely
    extent: Extent | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """How a copy relates to its story's origin."""

    article: int
    relation: Relation
    kept: float  # share of the origin's text found in the copy, 0..1
    own: float  # share of the copy not in the origin, 0..1
    lag: timedelta | None  # after the origin; None where a time is not exact enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One text and all its copies."""

    canonical: int  # also the origin: relation, kept, own and lag are measured from it
    members: tuple[Member, ...]  # the canonical article is one of them
    agency: str | None = None  # whose text it is, from the evidence of all copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is kept of a story's text to find the others about the same happening."""

    story: int
    at: datetime  # when its first article appeared
    language: str
    terms: tuple[str, ...]  # "@serrano" (a name), "#43", "earthqu" (a word, cut), the commonest in the text first
    counts: tuple[float, ...]  # of each: how often, headline and lead counting for more
    shown: tuple[str, ...]  # of each: as it was printed
    about: tuple[str, ...]  # names and numbers of headline and lead: what it is about
    phrases: tuple[int, ...]  # the lowest hashes of its runs of plain words, 63 bits: whether two texts are of one form


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """A story as one of those about an event."""

    story: int
    likeness: float  # to the event's other stories, their mean, 0..1
    because: tuple[str, ...]  # what it shares with them, as it prints it


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One happening: several independent stories about it."""

    lead: int  # the story most like all others: it stands for the event
    tellers: tuple[Teller, ...]  # in the order in which they appeared; the lead is one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one step did: items in = sum of the doors they left by."""

    seen: int = 0
    doors: Mapping[str, int] = field(default_factory=dict)  # "new", "known", "refused:off_domain", ...
