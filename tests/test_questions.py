"""The sixteen questions: short, over mart alone, answered from a day of the newsstand, and right by its ground truth."""

import json
import re
import socket
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import answered, answers, ask, day, notebook, picture
from pipeline.errors import QueryError
from pipeline.events import sections
from pipeline.machine.postgres import Server
from pipeline.newsstand import truth
from pipeline.newsstand.score import _key as key
from pipeline.settings import ROOT, Settings
from pipeline.store import connect, questions
from pipeline.stories.telling import Policy

pytestmark = [pytest.mark.database, pytest.mark.process]

KNOWN = questions.load()
TOGETHER = questions.load(questions.FOLDER / "together")
LONGEST = 500
VIEWS = re.compile(r"\b(?:FROM|JOIN)\s+([\w.]+)", re.IGNORECASE)


def wrong_with(question, connection):
    """Say what breaks the contract of a question's file."""
    statement = question.statement.decode()
    if set(re.findall(r"%\((\w+)\)s", statement)) != set(question.needs):
        return "names other values than it uses"
    given = dict.fromkeys(("agency", "title", "words", "language"), "austral") | {"story": 100_000, "since": answers.EARLIEST}
    filled = questions.shown(connection, question, given)
    if len(filled) >= LONGEST or len(statement) >= LONGEST:
        return f"{len(filled)} characters"
    if strange := [name for name in VIEWS.findall(statement) if not name.startswith("mart.")]:
        return f"reads {strange}"
    return None


@pytest.mark.parametrize("question", [*KNOWN.values(), *TOGETHER.values()], ids=lambda question: question.name)
def test_a_question_is_short_and_reads_mart_alone(news, question):
    assert wrong_with(question, news) is None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM core.story",
        "SELECT 1 FROM mart.story JOIN ops.edition ON true",
        "SELECT '" + "x" * LONGEST + "' FROM mart.story",
        "SELECT %(story)s FROM mart.story",
    ],
)
def test_a_question_that_breaks_the_rules_is_noticed(news, tmp_path, statement):
    (tmp_path / "01_wrong.sql").write_text(f"-- What?\n{statement}\n")
    assert wrong_with(questions.load(tmp_path)[1], news)


def test_there_are_sixteen():
    assert list(KNOWN) == list(range(1, 17))


def test_a_question_can_only_read(news, tmp_path):
    (tmp_path / "01_evil.sql").write_text("-- What?\nDELETE FROM ops.touched RETURNING story_id\n")
    with pytest.raises(Exception, match="read-only transaction"):
        questions.ask(news, questions.load(tmp_path)[1], {})


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A day of the demo's newsstand, read."""
    settings = Settings(var=tmp_path_factory.mktemp("demo"))
    scene = day.Scene(seed=1, titles=40)
    with day.opened_room(settings, scene, fresh=True) as room:
        yield day.read(room, scene, lambda *_: None)
        Server(room.var / "postgres").stop()


@pytest.fixture(scope="module")
def asked(demo):
    with connect(demo.where.news) as connection:

        def answer(number, **given):
            with connection.transaction():
                values = answers.values(connection, KNOWN[number], given)
            reply = questions.ask(connection, KNOWN[number], values)
            return [dict(zip(reply.columns, row, strict=True)) for row in reply.rows]

        answer.connection = connection
        yield answer


@pytest.fixture(scope="module")
def true(demo):
    """The truth of every article, by address without host's port and trailing slash."""
    until = demo.end.isoformat()
    return {key(row.url): row for row in truth.read(demo.truth) if row.expect == ("article",) and row.published <= until}


def rows(asked, statement):
    with asked.connection.transaction():
        return asked.connection.execute(statement).fetchall()


def test_the_page_of_questions_is_up_to_date(asked):
    assert answered.PAGE.read_text(encoding="utf-8") == answered.markdown(asked.connection), "run ./wiredesk ask --write on the demo"


def test_the_notebook_runs_and_its_pictures_are_there(demo, tmp_path):
    for name in ("nbclient", "ipykernel", "matplotlib"):
        pytest.importorskip(name, reason=f"{name} is not installed")
    import nbformat

    aside = {name: str(tmp_path / name.lower()) for name in ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR")}
    run = notebook.executed({"WIREDESK_VAR": str(demo.settings.var), **aside})
    kept = nbformat.read(notebook.PAGE, as_version=4)
    assert said(kept) == said(run) != [], "run ./wiredesk ask --write on the demo"
    assert [picture[:4] for picture in notebook.pictures(run)] == [b"\x89PNG"] * 5
    assert [len(picture) for picture in notebook.pictures(kept)] == pytest.approx(list(map(len, notebook.pictures(run))), rel=0.25)


def said(page):
    """Return what the notebook prints, and in which cells it draws."""
    outputs = [(number, output) for number, cell in enumerate(page.cells) for output in cell.get("outputs", ())]
    return [(number, output.get("text", "a picture")) for number, output in outputs]


def test_the_notebook_says_nothing_of_the_machine_that_ran_it():
    page = json.loads(notebook.PAGE.read_text(encoding="utf-8"))
    outputs = [output for cell in page["cells"] for output in cell.get("outputs", ())]
    assert len(outputs) == 6
    for output in outputs:
        output.get("data", {}).pop("image/png", None)
    text = json.dumps([outputs, page["metadata"], [cell["metadata"] for cell in page["cells"]]])
    assert not [
        word for word in (str(ROOT), str(Path.home()), socket.gethostname(), "postgresql", "Traceback", sys.version[:4]) if word in text
    ]


def test_the_table_in_the_readme_is_what_its_query_answers(asked):
    query, table = re.search(
        r"```sql\n(.+?);\n```\n\n```\n(.+?)\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    ).groups()
    shown = [tuple(cell.strip() for cell in line.split("|")) for line in table.splitlines() if "|" in line]
    told = rows(asked, f"SELECT title_name, agency, stories::text, kept::text, typical_lag::text FROM ({query}) AS asked")
    assert shown == [("title_name", "agency", "stories", "kept", "typical_lag"), *told]
    assert table.splitlines()[-1] == f"({len(told)} rows)"


def test_the_picture_in_the_readme_is_the_demos(demo, tmp_path):
    picture.as_svg(demo, tmp_path / "demo.svg")
    drawn = (tmp_path / "demo.svg").read_text(encoding="utf-8")
    assert drawn == (ROOT / "docs" / "demo.svg").read_text(encoding="utf-8"), "run ./wiredesk demo --svg docs/demo.svg"


def test_1_who_republishes_an_agency_most_is_as_the_truth_has_it(asked, true):
    names = dict(rows(asked, "SELECT DISTINCT title, title_name FROM mart.coverage"))
    agencies = {title for (title,) in rows(asked, "SELECT DISTINCT title FROM mart.coverage WHERE title_kind = 'agency'")}
    ran, all_articles = Counter(), Counter()
    for row in true.values():
        all_articles[names[row.title]] += 1
        ran[names[row.title]] += row.agency == "boreal" and row.title not in agencies
    found = asked(1, agency="boreal")
    assert found
    for row in found:
        assert row["all_articles"] == all_articles[row["title_name"]]
        assert abs(row["articles"] - ran[row["title_name"]]) <= 1, row
    assert {row["title_name"] for row in found[:3]} <= {name for name, count in ran.items() if count >= sorted(ran.values())[-4]}


def test_2_to_3_lags_and_edits_leave_out_origins(asked):
    assert rows(
        asked, "SELECT count(*) FROM mart.syndication WHERE relation = 'origin' AND (lag, kept, own) IS DISTINCT FROM (NULL, NULL, NULL)"
    ) == [(0,)]
    assert rows(asked, "SELECT count(*) FROM mart.syndication JOIN mart.coverage USING (article_id) WHERE by_agency") == [(0,)]
    assert all(row["median_minutes"] <= row["p90_minutes"] for row in asked(2, agency="boreal"))
    assert all(0 <= row["kept_percent"] <= 100 and row["usually"] != "origin" for row in asked(3))


def test_2_what_was_out_before_the_agencys_own_page_counts_as_in_the_readmes_query(asked):
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("```sql\n")[1].split(" LIMIT")[0]
    with asked.connection.transaction(force_rollback=True):
        asked.connection.execute("UPDATE core.coverage SET lag = -lag WHERE agency = 'boreal' AND article_id % 2 = 0")
        early = questions.ask(asked.connection, KNOWN[2], {"agency": "boreal", "since": answers.EARLIEST}).rows
        medians = {title: lag for title, agency, _, _, lag in asked.connection.execute(readme.encode()) if agency == "boreal"}
    assert any(median < 0 for _, _, _, median, _ in early)
    assert all(abs(medians[title] / timedelta(minutes=1) - float(median)) <= 0.5 for title, _, _, median, _ in early)


def test_3_who_trims_an_agency_most_is_who_cuts_it_in_the_truth(asked, true):
    """Whoever is said to keep least of the agency's texts keeps fewer of its words in the truth, too, than whoever keeps most."""
    names = dict(rows(asked, "SELECT DISTINCT title_name, title FROM mart.coverage"))
    lengths = defaultdict(list)
    for url, words in rows(asked, "SELECT url, words FROM mart.article"):
        lengths[true[key(url)].title, true[key(url)].agency].append(words)
    found = asked(3, agency="boreal")
    least, most = (lengths[names[found[place]["title_name"]], "boreal"] for place in (0, -1))
    assert found[0]["cut"] == found[0]["stories"]
    assert sum(least) / len(least) < 0.7 * sum(most) / len(most)
    title = names[found[0]["title_name"]]
    assert sum(row["articles"] for row in asked(15, agency="boreal", title=title)) <= found[0]["stories"]
    assert {row["section"] for row in asked(15, agency="boreal", title=title)} < {row["section"] for row in asked(15)}


def test_relations_are_named_by_the_numbers_of_the_policy(news):
    (said,) = news.execute(
        "SELECT col_description('mart.coverage'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'mart.coverage'::regclass AND attname = 'relation'"
    ).fetchone()
    policy = Policy()
    assert f"verbatim (all of it, at most {100 * policy.nothing:.0f} %" in said
    assert f"trimmed (cut, at most {100 * policy.little:.0f} %" in said
    assert f"expanded ({100 * policy.most:.0f} % or more kept, and more than {100 * policy.little:.0f} %" in said
    assert policy.partial == 0.5, "half"
    assert policy.whole == 0.95, "as questions 3 and together count what was cut"


def test_4_words_of_the_wire_are_no_more_than_words(asked, true):
    assert all(0 <= row["wire_words"] <= row["words"] for row in asked(4))
    own = {row.title for row in true.values()} - {row.title for row in true.values() if row.agency or row.agencies}
    assert rows(asked, "SELECT sum(wire_words) FROM mart.title_day WHERE title_kind = 'agency'") == [(0,)]
    for title in own:
        assert rows(asked, f"SELECT sum(wire_words) FROM mart.title_day WHERE title = '{title}'") == [(0,)], title


def test_5_exclusives_are_nobody_elses(asked, true):
    tellers = defaultdict(set)
    for row in true.values():
        tellers[row.story].add(row.title)
    alone = Counter(row.title for row in true.values() if row.agency is None and len(tellers[row.story]) == 1)
    names = dict(rows(asked, "SELECT DISTINCT title_name, title FROM mart.coverage"))
    assert sum(abs(row["exclusives"] - alone[names[row["title_name"]]]) for row in asked(5)) <= 3


def test_6_who_was_first_shares_a_tie(asked):
    firsts = rows(
        asked,
        "SELECT story_id, count(*) FROM mart.coverage WHERE is_first GROUP BY story_id HAVING count(DISTINCT date_trunc('minute', happened_at)) <> 1",
    )
    assert firsts == [], "those who are first are first in one minute"
    assert all(0 <= row["from_agency"] <= row["first"] <= row["stories"] for row in asked(6))


def test_6_and_7_say_whether_the_agencys_own_text_was_seen(asked):
    seen = "SELECT story_id, agency_seen FROM mart.story WHERE agency IS NOT NULL"
    own = {story for (story,) in rows(asked, "SELECT story_id FROM mart.coverage WHERE by_agency")}
    assert {story for story, was in rows(asked, seen) if was} == own
    assert {was for _, was in rows(asked, seen)} == {True, False}
    assert rows(asked, "SELECT count(*) FROM mart.story WHERE (agency IS NULL) <> (agency_seen IS NULL)") == [(0,)]
    assert any(row["from_agency"] for row in asked(6))
    assert all(not row["from_agency"] for row in asked(6) if row["title_kind"] == "agency")
    broke = [row for row in asked(7) if row["broke_it"]]
    assert [row["agency_seen"] for row in broke] == [False], "a subscriber broke it: the agency was before, and was not seen"


def test_7_the_timeline_has_every_title_that_truth_has(asked, true):
    (story,) = rows(asked, "SELECT story_id FROM mart.top_story WHERE agency_name IS NOT NULL ORDER BY place LIMIT 1")[0]
    mine = f"story_id = {story} OR event_id = (SELECT event_id FROM mart.event_story WHERE story_id = {story})"
    urls = [
        key(url)
        for (url,) in rows(asked, f"SELECT DISTINCT url FROM mart.article JOIN mart.timeline USING (article_id) WHERE timeline.{mine}")
    ]
    told = {true[url].story for url in urls}
    names = dict(rows(asked, "SELECT DISTINCT title, title_name FROM mart.coverage"))
    assert {row["title_name"] for row in asked(7)} == {names[row.title] for row in true.values() if row.story in told}
    assert len({row["read_at"].replace(second=0, microsecond=0) for row in asked(7) if row["broke_it"]}) == 1, "ties are of one minute"


def test_10_copies_of_one_owner_weigh_less_than_many_owners(asked):
    parts = "sources_part + owners_part + countries_part + rank_part + growth_part"
    scores = rows(asked, f"SELECT score, ({parts}) * age_part FROM mart.top_story")
    assert scores
    assert all(abs(score - made) < 1e-6 for score, made in scores)
    assert [row["place"] for row in asked(10)] == list(range(1, 11))


def test_10_stories_of_one_event_have_one_place(asked):
    events = [event for (event,) in rows(asked, "SELECT event_id FROM mart.top_story WHERE event_id IS NOT NULL")]
    assert len(events) == len(set(events)) >= 5


def test_events_are_those_of_the_truth(asked, true):
    """Of the events with three stories or more, whose stories the truth puts into an event, nine tenths are of one."""
    told = defaultdict(list)
    for event, url in rows(asked, "SELECT event_id, url FROM mart.event_story JOIN mart.canonical_article USING (story_id)"):
        told[event].append(true[key(url)].event or true[key(url)].story)
    large = [Counter(names).most_common(1)[0][1] / len(names) for names in told.values() if len(names) >= 3]
    assert len(large) >= 4
    assert sum(large) / len(large) >= 0.9


def test_11_a_related_story_is_never_a_copy_and_gives_a_reason(asked, true):
    (story,) = rows(asked, "SELECT story_id FROM mart.top_story WHERE headline LIKE '%Serrano%' ORDER BY place LIMIT 1")[0]
    found = asked(11, story=story)
    assert found
    assert story not in {row["story_id"] for row in found}
    assert all(len(row["because"]) >= 2 for row in found)
    assert sum("Serrano" in row["headline"] for row in found) >= 2, "the earthquake in other languages, by its names"


def test_12_search_finds_stories_once_best_first(asked):
    found = asked(12, words="ferry lake -election", language="en")
    assert found
    assert len({row["story_id"] for row in found}) == len(found)
    assert all(re.search(r"\*\*(ferr|lake)", row["snippet"], re.IGNORECASE) for row in found)


def test_12_accents_and_endings_do_not_matter(asked):
    with_accents, without = (asked(12, words=words, language="fr") for words in ("séisme", "seismes"))
    assert with_accents
    assert [row["story_id"] for row in with_accents] == [row["story_id"] for row in without]


@pytest.mark.parametrize(("words", "language"), [("-haus", None), ("-haus -ferry", "en"), ("the -haus", "en"), ("-haus or ferry", None)])
def test_12_words_that_only_say_what_must_not_be_there_are_refused(asked, words, language):
    with pytest.raises(QueryError, match="name one that must"):
        asked(12, words=words, language=language)


def test_12_a_word_that_counts_for_nothing_in_one_language_is_looked_for_in_the_others(asked):
    assert asked(12, words="die -hard"), "an English word; in German a stop word, which leaves only what must not be there"
    assert asked(12, words="the", language="en") == []


def test_13_own_reporting_and_wire_are_parts_of_articles(asked):
    found = asked(13, words="Haldenmark")
    assert found
    assert all(row["own"] + row["wire"] <= row["articles"] and row["stories"] <= row["articles"] for row in found)


def test_14_articles_and_stories_stand_side_by_side(asked):
    total = rows(asked, "SELECT count(*), count(*) FILTER (WHERE is_canonical), count(DISTINCT story_id) FROM mart.coverage")[0]
    assert total[1] == total[2] < total[0]
    assert all(row["own_stories"] <= row["stories"] <= row["articles"] for row in asked(14))


def test_14_and_15_sections_have_one_name_in_all_languages(asked):
    said = dict(rows(asked, "SELECT DISTINCT title_section, section FROM mart.coverage WHERE title_section IS NOT NULL"))
    assert said == {name: sections.section(name) for name in said}
    assert len(set(said.values())) < len(said), "sport and deportes"
    assert {row["section"] for row in asked(14)} | {row["section"] for row in asked(15)} <= {*said.values(), None}


def test_15_the_wire_is_cut_from_the_end(asked):
    found = [row for row in asked(15) if row["stories"] >= 3]
    assert found
    assert all(row["start_percent"] > row["end_percent"] for row in found)


def test_16_doors_of_the_last_run_are_the_ledgers(asked):
    kept = {row["stage"]: row["items"] for row in asked(16) if row["door"] == "kept"}
    assert kept == dict(rows(asked, "SELECT stage, kept FROM ops.ledger"))


def test_the_kept_figures_are_those_that_counting_from_nothing_gives(asked):
    """What editions kept up, one after the other, is what one count over all facts gives."""
    from pipeline.steps import counted

    kept = ("coverage", "reach", "title_day", "syndication", "fulltext")
    with asked.connection.transaction(force_rollback=True) as _:
        before = {name: asked.connection.execute(f"SELECT * FROM core.{name} ORDER BY 1, 2, 3").fetchall() for name in kept}
        for name in kept:
            asked.connection.execute(f"DELETE FROM core.{name}")
        asked.connection.execute("INSERT INTO ops.touched (story_id) SELECT story_id FROM core.story")
        counted.count(asked.connection, asked.connection.execute("SELECT max(at) FROM ops.edition").fetchone()[0])
        for name in kept:
            assert asked.connection.execute(f"SELECT * FROM core.{name} ORDER BY 1, 2, 3").fetchall() == before[name], name


@pytest.mark.parametrize(
    ("number", "found_by", "never"),
    [
        (2, "coverage_of_agency", "core.reach_pkey"),  # whether the agency's own was seen stands beside each copy
        (6, "coverage_by_time", "core.coverage"),  # as old as the stories asked for, no older
        (7, "coverage_of_story", "core.coverage"),
        (11, "fulltext_names fulltext_words", "core.fulltext"),  # of two days of news either will do
        (12, "fulltext_words", "core.fulltext"),
        (13, "fulltext_words", "core.fulltext"),
    ],
)
def test_what_took_long_at_a_million_articles_reads_by_an_index_what_it_is_about_and_no_table_as_a_whole(asked, number, found_by, never):
    with asked.connection.transaction(force_rollback=True):
        asked.connection.execute("SET LOCAL enable_seqscan = off")  # in small tables nothing else would be chosen
        asked.connection.execute(f"SET LOCAL enable_nestloop = {'off' if number == 6 else 'on'}")
        index = " + ".join(f"pg_stat_get_xact_numscans('core.{name}'::regclass)" for name in found_by.split())
        table = f"pg_stat_get_xact_numscans('{never}'::regclass)"
        before = rows(asked, f"SELECT {index}, {table}")[0]
        assert asked(number)
        after = rows(asked, f"SELECT {index}, {table}")[0]
    assert (after[0] > before[0], after[1] - before[1]) == (True, 0)


def test_the_questions_are_one_word_away(demo, monkeypatch):
    monkeypatch.setenv("WIREDESK_DATABASE_URL", demo.where.news)
    monkeypatch.setenv("WIREDESK_AIRFLOW_DATABASE_URL", demo.where.airflow)
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner().invoke
    listed = run(ask.app, ["ask"])
    assert all(question.says in listed.output for question in KNOWN.values())
    answered = run(ask.app, ["ask", "1", "--agency", "Agence Boréale"])
    assert "agency boreal" in answered.output, answered.exception
    assert "share_percent" in answered.output
    assert "agency = 'boreal'" in run(ask.app, ["ask", "2", "--agency", "BOREAL", "--sql"]).output
    assert run(ask.app, ["ask", "1", "--agency", "nobody"]).exit_code == 2
    assert run(ask.app, ["ask", "17"]).exit_code == 2
    idle = run(ask.app, ["ask", "4", "--agency", "boreal"])
    assert (idle.exit_code, "--agency" in idle.output) == (2, True), "what a question does not ask for is not left out in silence"
    assert '"place": 1' in run(ask.app, ["search", "Haldenmark", "--json"]).output
    assert "title = " not in run(ask.app, ["ask", "15", "--sql"]).output, "what is asked of any title does not name titles"
    assert "title = 'castelmire-info'" in run(ask.app, ["ask", "15", "--title", "Castelmire Info", "--sql"]).output
    slip = run(ask.app, ["ask", "15", "--title", "castelmire"])
    assert (slip.exit_code, "castelmire-info" in slip.output) == (2, True), "what was meant is named"
    assert "boreal" in run(ask.app, ["ask", "3", "--agency", "afp"]).output
    assert "SELECT agency" in run(ask.app, ["ask", "3", "--agency", "afp"]).output, "where the others are is said"
    assert "there is no story 999999" in run(ask.app, ["ask", "7", "--story", "999999"]).output
    late = run(ask.app, ["ask", "1", "--since", "garbage"])
    assert (late.exit_code, "--since" in late.output, "--now" in late.output) == (2, True, False)
    headlines = run(ask.app, ["ask", "7"]).output
    assert all(word in headlines for word in ("headline", "agency_seen")), "no column is squeezed away"
