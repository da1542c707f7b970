"""The guards, one by one: how each is switched off, and which cases must then go red."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Edit = tuple[str, str, str]  # file, what stands there once, what to put in its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A guard that is switched off. The suite must notice."""

    guard: str
    edits: tuple[Edit, ...]
    cases: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()  # of pytest, where the guard is no matter of one site


def _off(guard: str, path: str, old: str, new: str, *cases: str, also: tuple[Edit, ...] = (), tests: tuple[str, ...] = ()) -> Mutation:
    return Mutation(guard=guard, edits=((path, old, new), *also), cases=cases, tests=tests)


HOSTS, WIRE, REPLY, BODIES = "pipeline/web/hosts.py", "pipeline/web/wire.py", "pipeline/web/reply.py", "pipeline/web/bodies.py"
TARGETS, ANSWERS, DOOR, GUARD = "pipeline/web/targets.py", "pipeline/web/answers.py", "pipeline/web/door.py", "pipeline/web/guard.py"
ROBOTS, PACE, POLLED, POLL = "pipeline/web/robots.py", "pipeline/feeds/pace.py", "pipeline/steps/polled.py", "pipeline/steps/poll.py"
CLEANING, JUDGING, INSIDE = "pipeline/feeds/cleaning.py", "pipeline/feeds/judging.py", "pipeline/inside.py"
CHILDREN, SQL, SCHEDULED = "pipeline/children.py", "sql/queries/poll.sql", "pipeline/steps/scheduled.py"
_KILLED = "tests/test_children.py::test_what_takes_too_"
FETCH_SQL, LEASES, STORED_BY = "sql/queries/fetch.sql", "pipeline/steps/leases.py", "pipeline/steps/stored.py"
PUBLISH = "pipeline/steps/publish.py"
_LEASE, _RACE = "tests/test_steps_leases.py::test_", "tests/test_steps_races.py::test_"
_POLLED = "tests/test_steps_polled.py::test_"
_DIES = "tests/test_steps_kill.py::test_a_step_that_dies_at_any_statement_and_runs_again_leaves_what_an_undisturbed_one_does"
_LATE = ("tests/test_hostile_guards.py::test_who_comes_late_with_a_feed_stores_nothing",)

NETWORK = (
    _off(
        "the address is public",
        HOSTS,
        "if why := guard.objection(address):",
        'if why := "":',
        "to-loopback",
        "to-metadata",
        "resolves-inside",
        "page-redirects-inside",
    ),
    _off("all addresses are public", HOSTS, "for address in found:", "for address in found[:1]:", "resolves-to-both"),
    _off("wrapped addresses are unwrapped", GUARD, "if inner := _wrapped(number):", "if inner := ():", "to-six-to-four"),
    _off("addresses of clouds and carriers", GUARD, '("168.63.129.16/32", "a cloud\'s host"),', "", "to-azure"),
    _off(
        "connects to what was checked",
        WIRE,
        "return _reached(self.addresses, self.line, self.held)",
        "return _reached(((self.host, self.port),), self.line, self.held)",
        "rebinds-after-check",
    ),
    _off(
        "certificates are verified",
        WIRE,
        "ssl_context=line.tls,",
        'ssl_context=__import__("ssl")._create_unverified_context(),',
        "redirect-to-expired",
        "redirect-to-self-signed",
    ),
    _off(
        "no user name in an address",
        TARGETS,
        'if "@" in begins[1]:',
        "if False:",
        "redirect-with-a-user",
        also=((TARGETS, "port == 0 or parts.auth is not None", "port == 0"),),
    ),
    _off(
        "only http and https",
        TARGETS,
        'PORTS = {"http": 80, "https": 443}',
        'PORTS = {"http": 80, "https": 443, "ftp": 80}',
        "redirect-to-ftp",
        also=((TARGETS, 'r"https?://(', 'r"(?:https?|ftp)://('),),
    ),
    _off(
        "addresses have an end",
        TARGETS,
        'if len(text.encode("utf-8", "surrogatepass")) > LONGEST:',
        "if False:",
        "redirect-too-long",
        also=((TARGETS, "if len(normal) > LONGEST:", "if False:"),),
    ),
    _off("one Location", TARGETS, "if len(set(locations)) != 1 or not", "if not locations or not", "redirect-to-two-places"),
    _off("redirects have an end", DOOR, "for _ in range(self._policy.redirects + 1):", "for _ in range(1000):", "six-redirects"),
)
ANSWER = (
    _off(
        "the deadline is for all of it",
        REPLY,
        "self._sock.settimeout(self._deadline.left() if self.patient else 0)",
        "self._sock.settimeout(2.0 if self.patient else 0)",
        "drip-body",
    ),
    _off("the head has an end", REPLY, "if len(line) > room:", "if False:", "head-of-70-kilobytes"),
    _off("the answer has an end", REPLY, "if self._room < 0:", "if False:", "endless-trailers"),
    _off("1xx answers have an end", REPLY, "for _ in range(self._limits.interim + 1):", "for _ in range(10**9):", "1xx-flood"),
    _off("1xx is not final", REPLY, "if int(match[1]) >= _FIRST_FINAL:", "if int(match[1]) >= 100:", "103-only", "early-hints-first"),
    _off("a body is as long as announced", REPLY, "        if self.length:\n", "        if False:\n", "body-cut-off"),
    _off("a body is no longer than announced", REPLY, "if self._surplus:", "if False:", "body-too-long"),
    _off(
        "a head ends with an empty line",
        REPLY,
        '        if not line.endswith(b"\\n"):\n            raise',
        '        if not line.endswith(b"\\n"):\n            break\n            raise',
        "head-cut-off",
    ),
    _off("lengths are numbers", REPLY, 'or not all(re.fullmatch("[0-9]{1,18}", length) for length in lengths)', "", "length-of-words"),
    _off("transfer codings are known", REPLY, 'if codings not in ([], ["chunked"]):', "if False:", "transfer-coding-gzip"),
    _off("the decoded body has an end", BODIES, "if len(body) > limit:", "if False:", "gzip-bomb", "page-bomb"),
    _off(
        "only gzip",
        BODIES,
        'if named not in (["gzip"], ["x-gzip"]):',
        'if named[0] not in {"gzip", "x-gzip"}:\n        return "identity"\n    if len(named) > 1:',
        "unknown-coding",
        "unasked-brotli",
    ),
    _off(
        "one coding",
        BODIES,
        'if named not in (["gzip"], ["x-gzip"]):',
        'if set(named) - {"gzip", "x-gzip"}:',
        "stacked-gzip",
        "many-codings",
    ),
    _off("a gzip ends", BODIES, "    if member and not member.eof:\n        raise", "    if False:\n        raise", "gzip-cut-off"),
    _off("gzip members are counted", BODIES, "if number >= _MEMBERS:", "if False:", "thousands-of-gzip-members"),
    _off(
        "an announced length is heard",
        ANSWERS,
        "if reply.length is not None and reply.length > limit and not cut:",
        "if False:",
        "announces-a-terabyte",
    ),
    _off("206 is no success", "pipeline/web/statuses.py", "if status == HTTPStatus.OK:", "if status in {200, 206}:", "status-206"),
    _off("a 304 has been asked for", ANSWERS, "if not conditional:", "if False:", "304-unasked"),
    _off("an empty page is no page", ANSWERS, 'if kind != "robots" and not body.strip():', "if False:", "page-empty"),
)
MANNERS = (
    _off(
        "301 only where all hops are",
        DOOR,
        "target, for_good = found.target, for_good and found.for_good",
        "target, for_good = found.target, True",
        "moved-for-now",
    ),
    _off("gone only where it was sent for good", DOOR, "if fault.reason is Reason.GONE and not for_good:", "if False:", "gone-for-now"),
    _off("410 retires", PACE, 'if outcome.refusal is Reason.GONE or rhythm.state == "gone":', "if False:", "gone"),
    _off("Retry-After", "pipeline/web/waits.py", '    text = (value or "").strip()\n', '    text = ""\n', "429-seconds", "503-seconds"),
    _off("Cache-Control and Expires", PACE, "outcome.fresh_for, outcome.retry_after)", "outcome.retry_after)", "max-age", "expires"),
    _off("ttl and updatePeriod", PACE, "asked = (*_asked(rhythm, now, policy), ", "asked = (", "ttl", "update-period"),
    _off(
        "skipHours and skipDays",
        PACE,
        "_awake(now + min(max(wait, floor), most), rhythm.wishes.skips, policy)",
        "now + min(max(wait, floor), most)",
        "skip-hours",
        "skip-days",
    ),
    _off(
        "failures move the next poll away",
        PACE,
        "wait = max(rhythm.interval, policy.first_wait) * 2 ** min(weight, _DOUBLINGS)",
        "wait = max(rhythm.interval, policy.first_wait)",
        "back-off-grows",
    ),
    _off(
        "failing feeds come back",
        PACE,
        'return replace(rhythm, state="probation"), min',
        'return replace(rhythm, state="gone"), min',
        "missing-for-weeks",
    ),
    _off("robots.txt", ROBOTS, "return _parsed(robots.text, agent).can_fetch(url, agent)", "return True", "robots-deny-all", "page-denied"),
    _off(
        "an unreachable robots.txt means no",
        ROBOTS,
        'return robots.state == "allow_all"',
        "return True",
        "robots-500",
        "robots-stalls",
        also=(("pipeline/web/asker.py", 'if rules.state == "unreachable":', "if False:"),),
    ),
    _off("a long robots.txt is read in part", ANSWERS, 'cut = kind == "robots"', "cut = False", "robots-500-kilobytes"),
    _off("now and then without validators", POLL, "if claim.fence % RECHECK == 0:", "if False:", "always-304"),
    _off(
        "validators of whole feeds only",
        SCHEDULED,
        "not isinstance(look.reading, Refusal) and not look.reading.complete:",
        "False:",
        "cut-in-an-item",
        "validator-of-a-cut-feed",
    ),
    _off(
        "validators and new addresses of what was read",
        SCHEDULED,
        "if failure or isinstance(answer, Refusal):",
        "if isinstance(answer, Refusal):",
        "validator-of-html",
        "moved-to-html",
    ),
    _off(
        "the fence",
        SQL,
        "AS mine (feed_id, fence) USING (feed_id, fence)\nORDER BY feed_id FOR UPDATE",
        "AS mine (feed_id, number) USING (feed_id)\nORDER BY feed_id FOR UPDATE",
        tests=_LATE,
    ),
    _off(
        "an article once",
        SQL,
        "    ON CONFLICT (url_key) DO NOTHING\n",
        "",
        tests=(f"{_POLLED}two_lots_that_list_the_same_in_other_orders_wait_for_each_other_and_not_in_a_circle",),
    ),
)
CONTENT = (
    _off(
        "no entities",
        CLEANING,
        'if "<!entity" in text[:prolog].lower():',
        "if False:",
        "parameter-entity",
        "entity-inside",
        "quadratic-blowup",
    ),
    _off(
        "no characters that XML forbids",
        CLEANING,
        'return begun(_ILLEGAL.sub("", text))',
        "return begun(text)",
        "nul-in-title",
        "controls-in-title",
        "noncharacter",
        "nul-in-link",
    ),
    _off(
        "no references to such",
        CLEANING,
        "text = _SUSPECT.sub(_legal, text)",
        "pass",
        "surrogate-reference",
        "nul-reference",
        "reference-too-large",
    ),
    _off(
        "entries are on the title's domains",
        JUDGING,
        "if not urls.belongs(url, ground.title.domains):",
        "if False:",
        "off-domain",
        "domain-as-a-prefix",
    ),
    _off("no front pages as entries", JUDGING, "if urls.is_home(url) else url", "if False else url", "home-page-link"),
    _off("no advertisements", JUDGING, "if _advertises(url, headline, item):", "if False:", "advertisement"),
    _off("addresses of entries have an end", JUDGING, "if len(url) > urls.MAX_BYTES:", "if False:", "address-of-3000"),
    _off(
        "headlines have an end",
        JUDGING,
        "HEADLINE, SUMMARY, NAME, GUID, TEXT = 500,",
        "HEADLINE, SUMMARY, NAME, GUID, TEXT = 10**9,",
        "title-of-a-megabyte",
    ),
    _off(
        "pages are the title's own", INSIDE, "if not urls.belongs(page.url, page.title.domains):", "if False:", "page-redirects-off-domain"
    ),
    _off(
        "a page is no front page",
        INSIDE,
        "return Reason.HOME_PAGE if urls.is_home(page.url) else None",
        "return None",
        "page-redirects-home",
    ),
    _off(
        "no other host's canonical",
        "pipeline/articles/metadata.py",
        "and (urls.host(address) == host or urls.belongs(address, (host, *page.title.domains)))",
        "",
        "canonical-elsewhere",
    ),
    _off(
        "a child's time has an end",
        CHILDREN,
        "if not child.line.poll(seconds):",
        "if not child.line.poll(seconds + 60):",
        tests=(f"{_KILLED}long_is_killed",),
    ),
    _off(
        "a child's memory has an end",
        CHILDREN,
        "pickle.dumps((megabytes, initializer, initargs))",
        "pickle.dumps((10**6, initializer, initargs))",
        tests=(f"{_KILLED}much_memory_is_killed_and_the_next_call_has_all_of_it",),
    ),
    _off(
        "who came first counts, not who says so",
        "pipeline/stories/canonical.py",
        "copy.first_seen_at",
        "copy.happened_at",
        "copies-first",
        "copies-dated-back",
        "copies-1990",
    ),
)
ATTEMPTS = "pipeline/store/attempts.py"
STORED = (
    _off(
        "the fence of a page",
        FETCH_SQL,
        "AS held (article_id, fence) USING (article_id, fence)",
        "AS held (article_id, given) USING (article_id)",
        tests=(
            "tests/test_steps_races.py::test_who_has_lost_a_page_to_somebody_else_stores_nothing",
            "tests/test_steps_races.py::test_pages_are_kept_together_but_for_one_whose_claim_was_lost",
        ),
    ),
    _off(
        "one transaction a lot of feeds",
        POLLED,
        "    return committed(edges.connection, partial(_lot, edges, looks))",
        "    edges.connection.autocommit = True\n    return _lot(edges, looks)",
        tests=(f"{_DIES}[poll-killed]",),
    ),
    _off(
        "a look that cannot be held holds up no other",
        ATTEMPTS,
        "        if len(items) == 1:\n",
        "        if items:\n",
        tests=(f"{_POLLED}an_entry_that_the_database_refuses_is_one_row_and_nothing_else_of_the_lot_suffers",),
    ),
    _off(
        "the first in its place has the news",
        POLLED,
        "sorted(looks, key=lambda look: place(look.claim))",
        "list(looks)",
        tests=(f"{_POLLED}the_first_in_its_place_has_what_several_list_as_new_whoever_came_first",),
    ),
    _off(
        "one transaction a page",
        STORED_BY,
        "    return committed(edges.connection, partial(_stored, edges, paper, found))",
        "    edges.connection.autocommit = True\n    return _stored(edges, paper, found)",
        tests=(f"{_DIES}[extract-killed]",),
    ),
    _off(
        "one transaction a lot of pages",
        STORED_BY,
        "    return committed(edges.connection, partial(_lot, edges, lot))",
        "    edges.connection.autocommit = True\n    return _lot(edges, lot)",
        tests=(f"{_DIES}[extract-killed]",),
    ),
    _off(
        "the fence of pages that are read",
        "sql/queries/extract.sql",
        "AS mine (article_id, fence) USING (article_id, fence)\nORDER BY article_id FOR UPDATE",
        "AS mine (article_id, number) USING (article_id)\nORDER BY article_id FOR UPDATE",
        tests=("tests/test_steps_races.py::test_who_has_lost_a_page_to_somebody_else_stores_nothing",),
    ),
    _off(
        "a row that cannot be held holds up no other",
        ATTEMPTS,
        "    return [*halved(items[:middle], together, alone), *halved(items[middle:], together, alone)]",
        "    return []",
        tests=("tests/test_steps.py::test_a_page_that_the_database_refuses_holds_up_none_of_its_lot",),
    ),
    _off(
        "one writer of stories",
        "sql/queries/cluster.sql",
        "SELECT pg_try_advisory_xact_lock(7001);",
        "SELECT true;",
        tests=("tests/test_steps_races.py::test_two_parts_of_one_text_that_arrive_together_find_the_same_stories_in_any_order",),
    ),
    _off(
        "an edition is of one moment",
        PUBLISH,
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SELECT 1",
        tests=(f"{_RACE}an_edition_beside_another_step_in_any_order_leaves_books_that_are_true[poll]",),
    ),
    _off(
        "the books are compared with everything once a day",
        PUBLISH,
        "whole=anew or _begins_a_day(connection, at)",
        "whole=False",
        tests=(
            "tests/test_steps_books.py::test_what_was_written_past_the_triggers_is_found_on_the_next_day_and_counting_anew_is_the_way_out",
        ),
    ),
    _off(
        "leases are renewed",
        LEASES,
        "        renewing.start()",
        "        return",
        tests=(f"{_LEASE}a_batch_that_goes_on_holds_its_claims",),
    ),
    _off(
        "leases are short",
        LEASES,
        "LEASE = timedelta(seconds=90)",
        "LEASE = timedelta(minutes=15)",
        tests=(f"{_LEASE}a_killed_workers_claims_are_free_again_before_its_task_is_tried_again",),
    ),
    _off(
        "renewals know the fence",
        FETCH_SQL,
        "AS mine (article_id, fence) USING (article_id, fence)\n    WHERE lease",
        "AS mine (article_id, number) USING (article_id)\n    WHERE lease",
        tests=("tests/test_steps_leases.py::test_what_somebody_else_has_taken_over_is_not_renewed",),
    ),
    _off(
        "renewing waits for nobody",
        FETCH_SQL,
        "FOR UPDATE OF intake SKIP LOCKED\n) AS held",
        "FOR UPDATE OF intake\n) AS held",
        tests=("tests/test_steps_leases.py::test_renewing_waits_for_nobody",),
    ),
)
MUTATIONS = (*NETWORK, *ANSWER, *MANNERS, *CONTENT, *STORED)


def named(guard: str) -> Mutation:
    return next(mutation for mutation in MUTATIONS if mutation.guard == guard)


def mutated(edits: tuple[Edit, ...], path: str, text: str) -> str:
    """Return a file's text with its edits. ValueError where what they replace does not stand there once."""
    for file, old, new in edits:
        if file == path:
            if text.count(old) != 1:
                raise ValueError(f"{path}: {old!r} stands there {text.count(old)} times")
            text = text.replace(old, new)
    return text
