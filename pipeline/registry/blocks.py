"""The form of one block of the registry: what a title, a feed and an agency may say."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from pipeline import urls
from pipeline.records import Agency, Feed, FeedKind, Title
from pipeline.registry.codes import COUNTRIES, KINDS, LANGUAGES, MEANT_COUNTRY, MEANT_LANGUAGE

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def _wrong(problem: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "{problem}", {"problem": problem})


def _key(value: str) -> str:
    if not _KEY.fullmatch(value):
        raise _wrong(f'"{value}" is no key: lower-case letters, digits and single hyphens, such as "le-monde"')
    return value


def _said(value: str) -> str:
    if not value.strip() or value != value.strip():
        raise _wrong("must not be empty and must not begin or end with a space")
    return value


def _mark(value: str) -> str:
    if not value.strip():
        raise _wrong("must not be empty")
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        meant = MEANT_COUNTRY.get(value) or (value.lower() if value.lower() in COUNTRIES else "")
        right = f'here "{meant}"' if meant else 'such as "fr"'
        raise _wrong(f'"{value}" is no country: two lower-case letters of ISO 3166-1, {right}')
    return value


def _language(value: str) -> str:
    if value not in LANGUAGES:
        meant = MEANT_LANGUAGE.get(value) or (value.lower()[:2] if value.lower()[:2] in LANGUAGES else "")
        right = f'here "{meant}"' if meant else 'such as "fr"'
        raise _wrong(f'"{value}" is no language: two lower-case letters of ISO 639-1, {right}')
    return value


def _kind(value: str) -> str:
    if value not in KINDS:
        raise _wrong(f'"{value}" is no kind of title: one of {", ".join(sorted(KINDS))}')
    return value


def _address(value: str) -> str:
    try:
        usable = bool(urls.host(value)) and not any(c.isspace() for c in value)
    except ValueError:
        usable = False
    if not usable:
        raise _wrong(f'"{value}" is no address to poll: it begins with http:// or https:// and a host')
    if len(value.encode()) > urls.MAX_BYTES:
        raise _wrong(f"an address has at most {urls.MAX_BYTES} bytes")
    return value


def _domain(value: str) -> str:
    if not _DOMAIN.fullmatch(value):
        raise _wrong(f'"{value}" is no domain: lower case, without scheme, "www." or path, such as "lemonde.fr"')
    if value.startswith("www."):
        raise _wrong(f'"{value}" is a host: write the domain "{value.removeprefix("www.")}"')
    return value


Key = Annotated[str, AfterValidator(_key)]
Words = Annotated[str, AfterValidator(_said)]
Mark = Annotated[str, AfterValidator(_mark)]  # literal: "(Reporting by " ends with a space that counts
Country = Annotated[str, AfterValidator(_country)]
Language = Annotated[str, AfterValidator(_language)]
Domain = Annotated[str, AfterValidator(_domain)]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FeedBlock(_Block):
    """An address polled for entries."""

    url: Annotated[str, AfterValidator(_address)]
    kind: FeedKind = "feed"
    section: Words | None = None


class TitleBlock(_Block):
    """`[[title]]`: a publication."""

    key: Key
    name: Words
    owner: Words
    country: Country
    language: Language
    kind: Annotated[str, AfterValidator(_kind)]
    domains: list[Domain] = Field(min_length=1)
    feeds: list[FeedBlock] = Field(min_length=1)
    agency: Key | None = None
    weight: int = Field(default=0, ge=-100, le=100)

    def record(self) -> Title:
        feeds = tuple(Feed(url=feed.url, kind=feed.kind, section=feed.section) for feed in self.feeds)
        return Title(**{**self.model_dump(exclude={"feeds", "domains"}), "domains": tuple(self.domains), "feeds": feeds})


class ExampleBlock(_Block):
    """A text written by us, and which credit must come out of it."""

    text: str = ""
    expect: Literal["full", "mixed", "none"]
    method: Words | None = None  # how it must have been found; not asked for if missing
    byline: str = ""
    line: str = ""  # a short line at the head or tail
    structured: str = ""
    meta: str = ""
    feed: str = ""
    host: str = ""
    language: Language | None = None  # the agency's first if missing


class AgencyBlock(_Block):
    """`[[agency]]`: a news agency whose text others run."""

    key: Key
    name: Words
    aliases: list[Words] = Field(default_factory=list)
    ambiguous: list[Words] = Field(default_factory=list)
    languages: list[Language] = Field(min_length=1)
    country: Country
    domains: list[Domain] = Field(default_factory=list)
    signoffs: list[Mark] = Field(default_factory=list)
    examples: list[ExampleBlock] = Field(min_length=1)

    def record(self) -> Agency:
        lists = {field: tuple(getattr(self, field)) for field in ("aliases", "ambiguous", "languages", "domains", "signoffs")}
        examples = tuple(example.model_dump(exclude_none=True) for example in self.examples)
        return Agency(key=self.key, name=self.name, country=self.country, examples=examples, **lists)
