"""The bundled world: the same seed is the same world, every URL is in the truth, and a page holds what the truth says."""

import hashlib
import json
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import requests

from pipeline import registry
from pipeline.feeds import entries
from pipeline.newsstand import dirt, edits, feeds, newsroom, server, texts, truth, typeset, world
from pipeline.newsstand.habits import LAYOUTS, form_habits
from pipeline.newsstand.plan import Policy, Source, story
from pipeline.newsstand.score import Looked, score

ROOT = Path(__file__).parent.parent
NEWS = Path(__file__).parent / "data" / "newsstand" / "news"
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
WIRE = tuple(f"Paragraph {n} says something that no other paragraph says." for n in range(10))


def build(**more):
    return world.build(**{"seed": 7, "titles": 40, "start": START, "news": NEWS} | more)


@pytest.fixture(scope="module")
def small():
    return build()


@pytest.fixture(scope="module")
def told(small):
    return {row.url: row for row in truth.tell(small)}


def draft(**more):
    return edits.Draft(**{"headline": "Headline", "standfirst": "", "paragraphs": WIRE, "caption": ""} | more)


def pieces(built):
    return [piece for shelf in built.shelves for piece in shelf]


# -- the world


def digest(built):
    seen = hashlib.sha256()
    for piece in pieces(built):
        if piece.dirt in {"", "broken_date", "video", "soft_404"}:
            seen.update(typeset.page(built, piece, built.end))
    for place, house in enumerate(built.cast.houses):
        for form in house.forms:
            seen.update(feeds.sheet(built, place, form, built.end).body)
    return seen.hexdigest()


DIGEST = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
import test_newsstand
print(test_newsstand.digest(test_newsstand.build()))
"""


@pytest.mark.process
def test_the_same_seed_gives_the_same_bytes_in_another_process(small):
    code = DIGEST.format(root=str(ROOT), tests=str(Path(__file__).parent))
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest(small)


def test_another_seed_gives_another_world(small):
    assert digest(build(seed=8)) != digest(small)


def test_a_page_does_not_change_but_by_its_own_changes(small):
    some = [piece for piece in pieces(small) if not piece.dirt and not piece.changes][:40]
    assert some
    for piece in some:
        assert typeset.page(small, piece, piece.published) == typeset.page(small, piece, small.end)


def test_an_update_comes_under_the_same_url(small):
    piece = next(piece for piece in pieces(small) if any(what == "update" for _, what in piece.changes) and piece.copied is None)
    before, after = newsroom.compose(small, piece, piece.published), newsroom.compose(small, piece, small.end)
    assert "update" not in before.edits
    assert "update" in after.edits
    assert before.paragraphs[3:] == after.paragraphs[3:] or "correction" in after.edits
    assert before.headline != after.headline


def test_nobody_runs_a_wire_before_it_went_out(small):
    for piece in pieces(small):
        if piece.source in small.dispatches:
            assert piece.published >= small.dispatches[piece.source].at


def test_every_address_is_there_once(small):
    urls = Counter(piece.url for piece in pieces(small) if piece.dirt != "no_link")
    assert urls.most_common(1)[0][1] == 1


def test_all_is_published_within_the_span(small):
    assert all(small.start <= piece.published < small.end for piece in pieces(small))


def test_the_cast_has_what_the_product_must_meet(small):
    titles = [house.title for house in small.cast.houses]
    assert {title.language for title in titles} == {"en", "fr", "de", "es"}
    assert {title.kind for title in titles} >= {"agency", "republisher", "newspaper"}
    assert {house.habits.layout for house in small.cast.houses} >= set(LAYOUTS)
    assert {form for house in small.cast.houses for form in house.forms} >= {
        "rss",
        "rdf",
        "atom",
        "json",
        "sitemap",
        "html",
        "empty",
        "zero",
    }
    assert Counter(title.owner for title in titles).most_common(1)[0][1] > 1
    assert len({title.domains[0] for title in titles}) == len(titles)


def test_five_hundred_titles_are_planned_in_seconds():
    begun = time.perf_counter()
    large = build(titles=500)
    assert time.perf_counter() - begun < 10
    assert sum(map(len, large.shelves)) > 3000


def test_a_large_world_tells_more_stories_than_were_written():
    stories = {row.story for row in truth.tell(build(titles=100)) if row.kind == "wire" and row.language == "en"}
    assert len(stories) > 3


def test_a_variant_shares_no_passage_with_the_written_text(small):
    written = small.desk.wire(Source(kind="wire", slug="ferry-inquiry"))
    other = small.desk.wire(Source(kind="wire", slug="ferry-inquiry", variant=3))

    def shingles(wire):
        words = " ".join(wire.paragraphs).split()
        return {tuple(words[at : at + 4]) for at in range(len(words) - 3)}

    assert len(shingles(written) & shingles(other)) / len(shingles(written)) < 0.15
    assert len(other.paragraphs) == len(written.paragraphs)


@pytest.mark.parametrize("wrong", [{"titles": 0}, {"days": 0}, {"start": datetime(2026, 3, 2)}])  # noqa: DTZ001  the missing zone is the mistake
def test_a_world_of_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="newsstand"):
        build(**wrong)


# -- the texts


def test_a_block_with_a_missing_field_is_named(tmp_path):
    (tmp_path / "en.toml").write_text('[[wire]]\nslug = "x"\nagency = "meridian"\nlanguage = "en"\nsection = "world"\nheadline = "X"\n')
    with pytest.raises(texts.TextError, match=r"en.toml: \[\[wire\]\] x: paragraphs"):
        texts.read(tmp_path)


def test_a_slug_is_there_once(tmp_path):
    block = '[[own]]\nslug = "x"\nlanguage = "en"\nsection = "world"\nheadline = "X"\nparagraphs = ["One."]\n'
    (tmp_path / "en.toml").write_text(block * 2)
    with pytest.raises(texts.TextError, match="the slug is taken"):
        texts.read(tmp_path)


def test_the_short_name_stands_in_the_text(small):
    assert any("told MPA" in text for text in small.desk.wire(Source(kind="wire", slug="ferry-inquiry")).paragraphs)


# -- edits do what they say


def test_trim_cuts_from_the_bottom():
    cut = edits.trim(draft(), 0.5)
    assert cut.paragraphs == WIRE[:5]
    assert cut.edits == ("trim",)


def test_trim_leaves_three_paragraphs():
    assert edits.trim(draft(), 0.01).paragraphs == WIRE[:3]


def test_drop_never_drops_the_lead():
    assert all(edits.drop(draft(), place).paragraphs[0] == WIRE[0] for place in range(30))
    assert {len(edits.drop(draft(), place).paragraphs) for place in range(30)} == {9}


def test_swap_keeps_every_paragraph_and_the_lead():
    for place in range(30):
        swapped = edits.swap(draft(), place).paragraphs
        assert sorted(swapped) == sorted(WIRE)
        assert swapped[0] == WIRE[0]
        assert swapped != WIRE


def test_merge_appends_the_other_wire():
    assert edits.merge(draft(), ("Other.",)).paragraphs == (*WIRE, "Other.")


def test_update_writes_the_lead_anew():
    updated = edits.update(draft(), "New", ("A.", "B."))
    assert updated.paragraphs == ("A.", "B.", *WIRE[2:])
    assert updated.headline == "New"


def test_correct_changes_the_number_and_nothing_else():
    wrong = draft(paragraphs=("There were 1,200 people, not 11,200 or 1,2001.",))
    assert edits.correct(wrong, "1,200", "1,400").paragraphs == ("There were 1,400 people, not 11,200 or 1,2001.",)


def test_correct_works_at_the_end_of_a_sentence():
    assert edits.correct(draft(paragraphs=("There were 1,200.",)), "1,200", "1,400").paragraphs == ("There were 1,400.",)


def test_an_edit_that_finds_nothing_is_not_named():
    assert edits.correct(draft(), "7,000", "8,000").edits == ()


def test_stub_leaves_three_paragraphs_and_a_wall():
    cut = edits.stub(draft(signoff="(MPA)"))
    assert (cut.paragraphs, cut.wall, cut.signoff) == (WIRE[:3], True, "")


@pytest.mark.parametrize(
    ("language", "habits", "before", "after"),
    [
        ("en", {"spelling": "us", "quotes": '""'}, "“The harbour’s colour,” she said.", '"The harbor’s color," she said.'),
        ("en", {"spelling": "uk", "quotes": "“”"}, 'A "center" at 4 percent', "A “centre” at 4 per cent"),
        ("fr", {"quotes": "«»", "numbers": "\u202f"}, '12.500 fois "non"', "12\u202f500 fois «\u00a0non\u00a0»"),
        ("es", {"quotes": "«»", "numbers": "."}, "“Sí”, dijo.", "«Sí», dijo."),
        ("de", {"quotes": "»«", "numbers": "."}, "„Ja“, sagten 1 300.", "»Ja«, sagten 1 300."),
        ("de", {"quotes": "„“", "numbers": "\u00a0"}, "1.300.000 Menschen am 12.11.2026", "1\u00a0300\u00a0000 Menschen am 12.11.2026"),
    ],
)
def test_style_is_the_house_s(language, habits, before, after):
    import random
    from dataclasses import replace

    house = replace(form_habits(random.Random(1), language, "plain", "none"), **habits)
    assert edits.style(draft(paragraphs=(before,)), language, house).paragraphs == (after,)


# -- pages


def test_every_paragraph_is_in_the_page(small):
    seen = set()
    for piece in pieces(small):
        if piece.dirt in {"", "broken_date"}:
            html = unescape(typeset.page(small, piece, small.end).decode())
            shown = newsroom.compose(small, piece, small.end)
            assert shown.headline in html
            assert all(paragraph in html for paragraph in shown.paragraphs), piece.url
            seen.add(small.cast.houses[piece.house].habits.layout)
    assert seen >= set(LAYOUTS)


def test_a_page_says_its_time_only_where_it_has_a_machine_readable_one(small):
    piece = next(p for p in pieces(small) if small.cast.houses[p.house].habits.structured and not p.dirt)
    assert (
        f'"datePublished": "{typeset.local(piece.published, small.cast.houses[piece.house]).isoformat()}"'
        in typeset.page(small, piece, small.end).decode()
    )


def test_json_ld_calls_a_writer_a_person_and_an_agency_an_organisation(small):
    agencies = {agency.name for agency in small.cast.agencies.values()}
    kinds = Counter()
    for piece in pieces(small):
        if piece.dirt in {"", "broken_date"} and small.cast.houses[piece.house].habits.structured:
            html = typeset.page(small, piece, small.end).decode()
            said = json.loads(html.split('<script type="application/ld+json">')[1].split("</script>")[0]).get("author", [])
            desks = {small.cast.houses[place].title.name for place in (piece.house, piece.copied.house if piece.copied else piece.house)}
            for author in said:
                assert author["@type"] == ("Organization" if author["name"] in agencies | desks else "Person"), piece.url
                kinds[author["@type"]] += 1
    assert min(kinds["Person"], kinds["Organization"]) > 2


def test_texts_are_escaped():
    from pipeline.newsstand.typeset import templates

    rendered = templates().from_string("{{ text }}").render(text="<script>")
    assert rendered == "&lt;script&gt;"


# -- feeds


@pytest.mark.parametrize("form", ["rss", "rdf", "atom", "sitemap", "json"])
def test_a_feed_lists_what_is_out_newest_first(small, form):
    place = next(
        place
        for place, house in enumerate(small.cast.houses)
        if form in house.forms and len([p for p in small.shelves[place] if not p.dirt]) > 2
    )
    out = [piece for piece in small.shelves[place] if piece.dirt != "no_link"]
    middle = out[len(out) // 2].published
    body = feeds.sheet(small, place, form, middle).body.decode()
    links = [_clean(link) for link in _links(form, body)]
    assert links == [piece.url for piece in reversed(out) if piece.published <= middle]
    assert all(earlier.published <= later.published for earlier, later in pairwise(out))


def _links(form, body):
    if form == "json":
        return [item["url"] for item in json.loads(body)["items"] if "url" in item]
    root = ET.fromstring(body)
    match form:
        case "rss":
            return [link.text for link in root.iter("link")][1:]
        case "rdf":
            rdf = "{http://purl.org/rss/1.0/}"
            return [link.text for item in root.iter(f"{rdf}item") for link in item.iter(f"{rdf}link")]
        case "atom":
            atom = "{http://www.w3.org/2005/Atom}"
            return [link.get("href") for entry in root.iter(f"{atom}entry") for link in entry.iter(f"{atom}link")]
    return [loc.text for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def _clean(link):
    return link.replace(f"?{feeds.TRACKING}", "").replace(f"&{feeds.TRACKING}", "")


@pytest.mark.parametrize("form", ["rss", "rdf", "atom", "sitemap", "json"])
def test_the_product_reads_every_form(small, form):
    for place, house in enumerate(small.cast.houses):
        if form in house.forms:
            feed = house.title.feeds[house.forms.index(form)]
            sheet = feeds.sheet(small, place, form, small.end)
            reading = entries.parse(sheet.body, url=feed.url, content_type=sheet.content_type, title=house.title, feed=feed, now=small.end)
            listed = [piece for piece in small.shelves[place] if piece.dirt not in {"no_link", "off_domain", "home_page"}][-feeds.LISTED :]
            assert {entry.url for entry in reading.entries} == {piece.url for piece in listed}
            dated = {entry.url: entry.published for entry in reading.entries}
            for piece in listed:
                if piece.dirt != "broken_date":
                    assert dated[piece.url].at == piece.published


def test_a_feed_lists_thirty_and_a_sitemap_two_days():
    long = build(titles=12, days=6, policy=Policy(variants=True))
    place = max(range(12), key=lambda place: len(long.shelves[place]))
    shelf = long.shelves[place]
    assert len(shelf) > 60
    recent = [piece for piece in shelf if piece.published > long.end - timedelta(days=2)]
    listed = {form: feeds._out(shelf, form, long.end) for form in ("rss", "sitemap")}
    assert list(listed["rss"]) == list(shelf[-30:])
    assert list(listed["sitemap"]) == recent


def test_a_feed_is_the_same_until_something_happens(small):
    place = next(place for place, shelf in enumerate(small.shelves) if len(shelf) > 3)
    first = small.shelves[place][2].published
    one, two = (feeds.sheet(small, place, small.cast.houses[place].forms[0], first + timedelta(seconds=s)) for s in (0, 1))
    assert one.etag == two.etag or small.shelves[place][3].published <= first + timedelta(seconds=1)


# -- the truth


def test_every_url_of_every_feed_is_in_the_truth(small, told):
    listed = 0
    for place, house in enumerate(small.cast.houses):
        for form in set(house.forms) & {"rss", "rdf", "atom", "sitemap", "json"}:
            for link in _links(form, feeds.sheet(small, place, form, small.end).body.decode()):
                assert _clean(link) in told
                listed += 1
    assert listed > 50


def test_copies_of_a_wire_have_its_story_and_its_agency(small, told):
    for piece in pieces(small):
        if piece.source and piece.source.kind == "wire":
            assert told[piece.url].story == story(piece.source)
            assert told[piece.url].agency == small.desk.wire(piece.source).agency


def test_every_oddity_has_a_reason(told):
    assert {row.edit[0] for row in told.values() if row.kind == "dirt" and row.edit} == set(dirt.BY_NAME)
    assert all(row.expect != ("article",) for row in told.values() if row.kind == "dirt")


def test_the_truth_survives_being_written(small, told, tmp_path):
    truth.write(small, tmp_path / "truth.jsonl")
    assert {row.url: row for row in truth.read(tmp_path / "truth.jsonl")} == told


def test_without_dirt_everything_is_an_article():
    assert {row.expect for row in truth.tell(build(policy=Policy(dirt=False)))} == {("article",)}


# -- the server


class Hand:
    """A clock that is moved by hand."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture(scope="module")
def stand(small):
    clock = Hand(small.end)
    with server.open(small, clock=clock) as opened:
        yield opened, clock


def get(stand, url, **headers):
    host, _, rest = url.removeprefix("http://").partition("/")
    return requests.get(f"http://127.0.0.1:{stand.port}/{rest}", headers={"Host": host} | headers, timeout=5, allow_redirects=False)


def test_the_registry_is_valid(stand):
    opened, _ = stand
    loaded = registry.load(opened.registry)
    assert (len(loaded.titles), len(loaded.agencies)) == (40, 6)


def test_every_feed_s_host_is_in_the_hosts_file(stand):
    opened, _ = stand
    known = {line.split()[0] for line in opened.hosts.read_text().splitlines()}
    for title in registry.load(opened.registry).titles:
        assert all(f"{feed.url.split('/')[2]}:80" in known for feed in title.feeds)


def test_a_feed_answers_304_to_its_validators(stand, small):
    opened, _ = stand
    url = small.cast.houses[0].title.feeds[0].url
    first = get(opened, url)
    assert first.status_code == 200
    assert get(opened, url, **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert get(opened, url, **{"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    assert get(opened, url, **{"If-None-Match": '"another"'}).status_code == 200


def test_nothing_is_there_before_its_time(stand, small):
    opened, clock = stand
    piece = next(piece for piece in pieces(small) if not piece.dirt)
    try:
        clock.at = piece.published - timedelta(seconds=1)
        assert get(opened, piece.url).status_code == 404
        clock.at = piece.published
        assert get(opened, piece.url).status_code == 200
    finally:
        clock.at = small.end


def test_dirt_is_served_as_it_says(stand, small):
    opened, _ = stand
    by_name = {piece.dirt: piece.url for piece in pieces(small) if piece.dirt}
    assert get(opened, by_name["empty_page"]).content == b""
    assert get(opened, by_name["missing"]).status_code == 404
    assert get(opened, by_name["gone"]).status_code == 410
    assert get(opened, by_name["pdf"]).headers["Content-Type"] == "application/pdf"
    assert get(opened, by_name["soft_404"]).status_code == 200
    assert "Disallow: /private/" in get(opened, by_name["denied"].split("/private/")[0] + "/robots.txt").text
    assert "/private/" in by_name["denied"]


def test_a_foreign_host_is_answered_404(stand):
    opened, _ = stand
    assert get(opened, "http://www.elsewhere.test/").status_code == 404


def test_a_taken_port_is_an_error_at_once(stand, small):
    opened, _ = stand
    with pytest.raises(OSError, match="in use"), server.open(small, clock=Hand(START), port=opened.port):
        pass


def test_pages_come_with_tracking_parameters_too(stand, small):
    opened, _ = stand
    piece = next(piece for piece in pieces(small) if not piece.dirt and "?" not in piece.url)
    assert get(opened, f"{piece.url}?utm_source=rss").status_code == 200


# -- scoring


def row(url, story, **more):
    return truth.Truth(**{"url": url, "title": "t", "kind": "wire", "story": story} | more)


def test_a_perfect_result_scores_one(told):
    found = {url: row.story for url, row in told.items() if row.expect == ("article",)}
    named = {url: row.agency for url, row in told.items()}
    refused = {url: row.expect[0] for url, row in told.items() if row.expect != ("article",)}
    result = score(told.values(), found, named, refused)
    assert (result.pairs.precision, result.pairs.recall, result.agencies.f1) == (1.0, 1.0, 1.0)
    assert (result.missing, result.refused_articles, result.dirt_kept, result.unknown) == (0, 0, 0, 0)
    assert result.refusals_met == result.refusals > 0
    assert result.examples == {}


def test_pairs_are_counted():
    rows = [row("http://a.test/1", "x"), row("http://a.test/2", "x"), row("http://a.test/3", "x"), row("http://a.test/4", "y")]
    result = score(rows, {"http://a.test/1": 1, "http://a.test/2": 1, "http://a.test/3": 2, "http://a.test/4": 2}, {}, {})
    assert (result.pairs.right, result.pairs.wrong, result.pairs.missed) == (1, 1, 2)
    assert result.examples["wrongly_joined"] == (("http://a.test/3", "http://a.test/4"),)
    assert len(result.examples["missed"]) == 1


@pytest.mark.parametrize("together", [True, False])
def test_a_merged_page_and_the_other_story_are_left_out(together):
    rows = [row("http://a.test/1", "x", also=("y",)), row("http://a.test/2", "y")]
    result = score(rows, {"http://a.test/1": 1, "http://a.test/2": 1 if together else 2}, {}, {})
    assert (result.pairs.right, result.pairs.wrong, result.pairs.missed, result.ambiguous) == (0, 0, 0, 1)


def test_two_round_ups_that_hold_the_same_wire_are_left_out():
    rows = [row("http://a.test/1", "r1", also=("x", "y")), row("http://a.test/2", "r2", also=("y", "z"))]
    result = score(rows, {"http://a.test/1": 1, "http://a.test/2": 1}, {}, {})
    assert (result.pairs.wrong, result.ambiguous) == (0, 1)


def test_addresses_are_compared_without_scheme_and_tracking():
    rows = [row("http://a.test/1?id=3", "x", agency="dpn", credit="byline")]
    result = score(rows, {"https://a.test/1?id=3&utm_source=rss": 1}, {"https://a.test:443/1?id=3": "dpn"}, {})
    assert (result.found, result.agencies.right, result.unknown) == (1, 1, 0)


def test_agencies_are_counted_with_and_without_what_no_page_says():
    rows = [
        row("http://a.test/1", "x", agency="dpn", credit="byline"),
        row("http://a.test/2", "x", agency="dpn"),
        row("http://a.test/3", "y"),
    ]
    found = {row.url: row.story for row in rows}
    result = score(rows, found, {"http://a.test/1": "dpn", "http://a.test/3": "dpn"}, {})
    assert (result.agencies.right, result.agencies.wrong, result.agencies.missed) == (1, 1, 1)
    assert result.credited.missed == 0


def test_refusals_are_met_by_a_right_reason_only():
    rows = [row("http://a.test/1", "", expect=("off_domain", "advertisement")), row("http://a.test/2", "", expect=("gone",))]
    result = score(rows, {}, {}, {"http://a.test/1": "advertisement", "http://a.test/2": "not_found"})
    assert (result.refusals, result.refusals_met) == (2, 1)


def test_what_is_not_out_yet_is_not_missing():
    rows = [row("http://a.test/1", "x", published="2026-03-02T08:00:00+00:00")]
    assert score(rows, {}, {}, {}, until="2026-03-02T07:00:00+00:00").missing == 0
    assert score(rows, {}, {}, {}, until="2026-03-02T09:00:00+00:00").missing == 1


def test_versions_are_right_where_the_text_changed_between_two_looks_and_nowhere_else():
    nine, ten = "2026-03-02T09:00:00+00:00", "2026-03-02T10:00:00+00:00"
    rows = [
        row("http://a.test/1", "x", changed=("2026-03-02T09:30:00+00:00",)),
        row("http://a.test/2", "x", changed=("2026-03-02T09:30:00+00:00",)),
        row("http://a.test/3", "x", changed=("2026-03-02T08:30:00+00:00",)),  # it was so when it was first looked at
        row("http://a.test/4", "x"),
    ]
    looks = {row.url: Looked(versions=versions, first=nine, last=ten) for row, versions in zip(rows, (2, 1, 1, 2), strict=True)}
    result = score(rows, {row.url: 1 for row in rows}, {}, {}, looks=looks)
    assert (result.versions.right, result.versions.wrong, result.versions.missed) == (1, 1, 1)
    assert [url for url, _ in result.examples["versions"]] == ["http://a.test/2", "http://a.test/4"]


def test_a_change_that_no_reader_sees_is_none(small):
    changed = {piece.url: piece for shelf in small.shelves for piece in shelf if piece.changes}
    told = {row.url: row.changed for row in truth.tell(small)}
    assert any(told[url] for url in changed)
    for url, piece in changed.items():
        pages = [newsroom.compose(small, piece, at).paragraphs for at in (piece.published, small.end)]
        assert bool(told[url]) or pages[0] == pages[1], url
    assert not any(told[url] for url in told.keys() - changed.keys())
