"""A whole Wiredesk on the newsstand, in a real browser: one logs in, sees a run go green, and reads and presses what there is.

Pictures of every page are left in var/screens. It takes two minutes.
"""

import os
import re
import subprocess
import time

import pytest
from builders_browser import PROGRAM, Browser

from pipeline.machine import ports
from pipeline.machine.postgres import Server
from pipeline.settings import ROOT
from pipeline.store import connect

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.database,
    pytest.mark.process,
    pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here: apt-get install chromium fonts-noto-core"),
]
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> \u202eright to left\u202c ' + "long" * 125
SCREENS = ROOT / "var" / "screens"
FRAME = "document.querySelector('iframe').contentDocument"
OUTSIDE = """[...document.querySelectorAll('.tabs a, .look button, svg.chart, .matrix td, .polls td')].map(one => [one.outerHTML.slice(0, 60), one.getBoundingClientRect()])
    .filter(([_, box]) => box.width && (box.left < 0 || box.right > innerWidth + 1)).map(([one]) => one)"""
FRAMED = 318  # pixels that Airflow's own navigation leaves our pages on a phone of 390
PAGES = {
    "overview": "",
    "feeds": "feeds",
    "stories": "stories",
    "events": "events",
    "reviews": "reviews",
    "refusals": "refusals",
    "agencies": "agencies",
    "runbook": "runbook",
    "look-up": "article",
}


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    """Address and password of a Wiredesk that reads a newsstand of twelve titles, and the address of its news."""
    var = tmp_path_factory.mktemp("browser")
    port = ports.remembered(var / "port")
    told = os.environ | {"WIREDESK_VAR": str(var), "WIREDESK_PORT": str(port)}
    command = [str(ROOT / "wiredesk"), "demo", "--serve", "--titles", "12", "--seed", "3"]
    with (var / "output").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, env=told, stdout=output, stderr=output)
        try:
            password = waited(process, var / "output")
            yield f"http://127.0.0.1:{port}", password, Server(var / "demo" / "postgres").url("news")
        finally:
            process.terminate()
            process.wait(120)


def waited(process, file):
    end = time.monotonic() + 900  # a loaded machine is slow, and nothing here measures
    while not (found := re.search(r"password (\S+)", file.read_text(encoding="utf-8"))):
        assert process.poll() is None, file.read_text(encoding="utf-8")
        assert time.monotonic() < end, file.read_text(encoding="utf-8")
        time.sleep(0.5)
    return found[1]


@pytest.fixture(scope="module")
def browser(stand, tmp_path_factory):
    """A browser in which the admin has logged in."""
    address, password, _ = stand
    with Browser(tmp_path_factory.mktemp("chromium")) as browser:
        browser.looks()
        browser.go(address, "document.querySelector('input[name=username]')&&true")
        for name, said in (("username", "admin"), ("password", password)):
            browser.says(f"document.querySelector('input[name={name}]').focus()")
            browser.ask("Input.insertText", text=said)
        browser.says("document.querySelector('button[type=submit]').click()")
        browser.until("document.querySelector('a[href*=\"/plugin/wiredesk\"]')&&true")
        yield browser


def test_a_run_goes_green(stand, browser):
    runs = "fetch('/api/v2/dags/ingest/dagRuns?state=success').then(answer => answer.json()).then(found => found.total_entries)"
    soon(browser, runs)
    browser.go(f"{stand[0]}/dags/ingest/runs", "document.body.innerText.includes('Success')")


def test_each_page_opens_within_airflow_and_nothing_is_blocked(stand, browser):
    browser.errors.clear()
    for name, path in PAGES.items():
        browser.go(f"{stand[0]}/plugin/wiredesk", f"{FRAME}.querySelector('main h1')&&true")
        browser.says(f"document.querySelector('iframe').src = '/wiredesk/{path}'")
        browser.until(
            f"{FRAME}.location.pathname === '/wiredesk/{path}' && {FRAME}.readyState === 'complete' && {FRAME}.querySelector('main h1').innerText"
        )
        browser.picture(SCREENS / f"airflow-{name}.png")
    assert [error for error in browser.errors if "wiredesk" in error] == []


def test_a_link_to_airflows_own_pages_leads_out_of_its_frame(stand, browser):
    address, link = stand[0], f"{FRAME}.querySelector('a[data-airflow][href$=\"/dags/backfill\"]')"
    flip = "fetch('/api/v2/dags/backfill', {method: 'PATCH', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({is_paused: %s})}).then(answer => answer.ok)"
    browser.go(address, "document.querySelector('a[href*=\"/plugin/wiredesk\"]')&&true")
    try:
        assert browser.says(flip % "true")
        browser.go(f"{address}/plugin/wiredesk", f"{link}&&true")
        browser.errors.clear()
        browser.click(f"[document.querySelector('iframe'), {link}].map(one => one.getClientRects()[0])")
        browser.until("location.pathname === '/dags/backfill' && !document.querySelector('iframe')")
        assert browser.errors == []
    finally:
        browser.says(flip % "false")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390], ids=["laptop", "phone"])
def test_each_page_fits_its_screen(stand, browser, dark, width):
    address, _, news = stand
    with connect(news) as connection:
        ((story, left, right),) = connection.execute(
            "SELECT story_id, min(article_id), max(article_id) FROM core.story_article GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchall()
        (event,) = connection.execute("SELECT event_id FROM mart.event ORDER BY stories DESC, event_id LIMIT 1").fetchone() or (None,)
    more = {
        "manual": "runbook/operators",
        "feed": "feeds/1",
        "story": f"stories/{story}",
        "compare": f"stories/{story}/compare?left={left}&right={right}",
    }
    more |= {"event": f"events/{event}"} if event else {}
    browser.looks(dark=dark, width=width)
    try:
        for name, path in (PAGES | more).items():
            browser.go(f"{address}/wiredesk/{path}", "document.querySelector('main h1').innerText")
            assert browser.says("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (name, width)
            assert browser.says(OUTSIDE) == [], (name, width, "tabs and charts are seen as a whole")
            if width < FRAMED + 100:
                browser.looks(dark=dark, width=FRAMED)
                assert browser.says("document.documentElement.scrollWidth") <= FRAMED, (name, "within Airflow on a phone")
                assert browser.says(OUTSIDE) == [], (name, "within Airflow on a phone")
                browser.looks(dark=dark, width=width)
            assert name not in {"feed", "runbook"} or browser.says("document.documentElement.scrollHeight") < 4000, "it is no long read"
            browser.picture(SCREENS / f"{name}-{'dark' if dark else 'light'}-{width}.png")
        paper = browser.says("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(21, 23, 27)") is dark
    finally:
        browser.looks()


def test_a_key_leads_from_one_difference_of_two_copies_to_the_next(stand, browser):
    address, _, news = stand
    with connect(news) as connection:
        ((story, left, right),) = connection.execute(
            "SELECT story_id, canonical_id, article_id FROM core.story JOIN core.story_article USING (story_id) WHERE relation <> 'origin' ORDER BY kept, 1, 3 LIMIT 1"
        ).fetchall()
    browser.go(f"{address}/wiredesk/stories/{story}/compare?left={left}&right={right}", "document.querySelector('.jumps b').innerText")
    last = browser.says("document.querySelectorAll('mark[id]').length")
    for key, number in (("n", 1), ("n", 1 % last + 1), ("p", 1), ("p", last)):
        browser.press(key, ord(key.upper()))
        browser.until(f"location.hash === '#d{number}' && document.activeElement.id === 'd{number}'")
        assert browser.says("document.activeElement.getBoundingClientRect().top") < browser.says("innerHeight")
    browser.picture(SCREENS / "difference.png")
    browser.says("document.querySelector('input[name=why]').focus()")
    browser.press("n", 78)
    assert browser.says("location.hash") == f"#d{last}", "who writes a reason writes the letter"


def test_a_link_into_the_runbook_opens_the_section_that_it_leads_to(stand, browser):
    browser.looks(width=390)
    try:
        browser.go("about:blank")
        browser.go(f"{stand[0]}/wiredesk/runbook#not_found", "document.querySelector('#not_found').getBoundingClientRect().height > 0")
        browser.until("Math.abs(document.querySelector('#not_found').getBoundingClientRect().top) < innerHeight / 2")
        assert browser.says("document.querySelector('#not_found').scrollWidth <= innerWidth")
        browser.picture(SCREENS / "reason-390.png")
    finally:
        browser.looks()


def test_a_feed_is_paused_and_resumed_by_its_buttons(stand, browser):
    address, _, news = stand
    browser.go(f"{address}/wiredesk/feeds/1", "document.querySelector('main h1').innerText")
    for order, then in (("pause", "resume"), ("resume", "pause")):
        browser.says(f"document.querySelector('form[action$=\"/{order}\"] button').click()")
        browser.until(f"document.querySelector('form[action$=\"/{then}\"] button')&&true")
    with connect(news) as connection:
        events = connection.execute("SELECT what, who FROM ops.feed_event WHERE feed_id = 1 ORDER BY feed_event_id").fetchall()
    assert events[-2:] == [("paused", "admin"), ("resumed", "admin")]


def test_a_question_that_airflow_asks_is_answered_on_our_page_and_its_run_goes_green(stand, browser):
    address, _, news = stand
    with connect(news) as connection:
        connection.execute(
            """INSERT INTO ops.review (kind, article_id, other_id, one_story, doubt, copies, titles, why, asked_at)
            SELECT 'copies', min(article_id), max(article_id), true, 0.9, count(*), count(*), 'They are one story by a little.', now()
            FROM core.story_article GROUP BY story_id ORDER BY count(*) DESC, story_id LIMIT 1"""
        )
    runs = "/api/v2/dags/reviews/dagRuns"
    told = "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({logical_date: null})}"
    browser.go(address, "document.querySelector('a[href*=\"/plugin/wiredesk\"]')&&true")
    ended = f"fetch('{runs}?state=success').then(answer => answer.json()).then(found => found.total_entries)"
    waits = f"fetch('{runs}/~/hitlDetails?response_received=false').then(answer => answer.json()).then(found => found.hitl_details.length)"
    soon(browser, f"Promise.all([{ended}, {waits}]).then(([ended, waits]) => ended + waits)")  # the first run comes by itself
    if not browser.says(waits):
        assert browser.says(f"fetch('{runs}', {told}).then(answer => answer.ok)")
        soon(browser, waits)
    before = browser.says(ended)
    browser.go(f"{address}/required_actions", "document.body.innerText.includes('one text?')")
    browser.picture(SCREENS / "airflow-required-actions.png")
    while True:
        browser.go(f"{address}/wiredesk/reviews", "document.querySelector('main h1').innerText")
        browser.picture(SCREENS / "reviews.png")
        if "Nothing is asked" in browser.says("document.querySelector('main h1').innerText"):
            break
        browser.says("document.querySelector('main td a').click()")
        browser.until("document.querySelector('form.acts input[name=note]')&&true")
        browser.picture(SCREENS / "review.png")
        browser.says("document.querySelector('form.acts input[name=note]').focus()")
        browser.ask("Input.insertText", text="both are the wire")
        browser.says("document.querySelector('button[name=answer]').click()")
        browser.until("document.querySelector('main').innerText.includes('said admin')")
    with connect(news) as connection:
        decided = connection.execute("SELECT DISTINCT who, why FROM core.decision").fetchall()
        answered = connection.execute("SELECT DISTINCT answer IS NOT NULL, who FROM ops.review").fetchall()
    assert (decided, answered) == ([("admin", "both are the wire")], [(True, "admin")])
    browser.go(address, "document.querySelector('a[href*=\"/plugin/wiredesk\"]')&&true")  # our own pages may ask nobody
    soon(browser, f"{ended}.then(ended => ended > {before})")


def soon(browser, script):
    """Wait for what a promise comes to; that nobody answers for a moment is no answer."""
    end = time.monotonic() + 240
    while not browser.says(f"{script}.catch(() => null)"):
        assert time.monotonic() < end, script
        time.sleep(1)


def test_a_hostile_headline_is_shown_as_text(stand, browser):
    address, _, news = stand
    with connect(news) as connection:
        story, article = connection.execute(
            "SELECT story_id, canonical_id FROM core.story WHERE merged_into IS NULL ORDER BY story_id DESC LIMIT 1"
        ).fetchone()
        connection.execute(
            "UPDATE core.article_version SET headline = %s, text = %s || text WHERE article_id = %s", [HOSTILE, HOSTILE + "\n\n", article]
        )
    browser.dialogs.clear()
    browser.go(f"{address}/wiredesk/stories/{story}", "document.querySelector('main h1').innerText")
    assert "<script>alert(1)</script>" in browser.says("document.querySelector('main h1').innerText")
    assert "<script>alert(1)</script>" in browser.says("document.querySelector('main .text').innerText")
    assert browser.says("document.querySelectorAll('main img, main script').length") == 0
    assert browser.says("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.dialogs == []


def test_the_keyboard_reaches_what_the_mouse_does(stand, browser):
    browser.go(f"{stand[0]}/wiredesk/feeds", "document.querySelector('main h1').innerText")
    seen = []
    for _ in range(12):
        browser.press("Tab", 9)
        seen.append(browser.says("document.activeElement.innerText || document.activeElement.name"))
        assert browser.says("getComputedStyle(document.activeElement).outlineStyle") != "none", seen
    assert seen[:5] == ["Skip to the page", "Wiredesk", "url", "Look up", "Overview"]
    browser.says("[...document.querySelectorAll('.tabs a')].find(link => link.innerText === 'Stories').focus()")
    browser.press("Enter", 13)
    browser.until("location.pathname === '/wiredesk/stories'")
