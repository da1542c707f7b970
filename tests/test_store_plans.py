"""What runs for each feed, page or batch finds its rows by an index, however many others there are."""

import json
import re

import psycopg
import pytest
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer

from pipeline.store import questions
from pipeline.store.queries import statements

pytestmark = pytest.mark.database

GROWING = [
    "alias",
    "article",
    "article_version",
    "coverage",
    "credit",
    "decision",
    "entry",
    "event_story",
    "fulltext",
    "intake",
    "match",
    "page",
    "poll",
    "reach",
    "refusal",
    "reread",
    "sample",
    "sighting",
    "signature",
    "story",
    "story_article",
    "story_event",
    "title_day",
]
ONCE = {  # these look at all that is due, waits or has changed, once a run or a batch
    "poll": "due_hosts make_due claim held",
    "fetch": "due_hosts claim held",
    "extract": "waiting claim coming held",
    "cluster": "waiting batch open_stories log lock",
}
OFTEN = [
    name
    for name, statement in statements().items()
    if name.split(".")[0] in ONCE and name.split(".")[1] not in ONCE[name.split(".")[0]].split() and not statement.startswith(b"COPY")
]


def plan(news, statement):
    """Return the plan that fits whatever the parameters are."""
    query = PostgresQuery(Transformer(news))
    wanted = {re.split(rb"\)[sb]", piece)[0].decode() for piece in statement.split(b"%(")[1:]}
    query.convert(statement, dict.fromkeys(wanted))
    news.execute("SET LOCAL enable_seqscan = off")  # the tables of a test are so small that none would be looked up in an index
    answer = news.pgconn.exec_(b"EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + query.query)
    assert answer.status == psycopg.pq.ExecStatus.TUPLES_OK, answer.error_message.decode()
    return json.loads(answer.get_value(0, 0))[0]["Plan"]


def whole_reads(node):
    """Return the growing tables that a plan reads from beginning to end."""
    here = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING else set()
    if node["Node Type"] in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"} and "Index Cond" not in node:
        here = {node.get("Relation Name", node["Index Name"])}
    return here.union(*map(whole_reads, node.get("Plans", ())))


@pytest.mark.parametrize("name", OFTEN)
def test_a_statement_of_one_item_reads_no_table_to_its_end(news, name):
    assert whole_reads(plan(news, statements()[name])) == set()


KEPT = [f"counted.{name}" for name in ["uncover", "unreach", "reach", "undo_days", "days", "places", "unstale", "stale"]]


@pytest.mark.parametrize(
    "name", [*KEPT, "books.touched", "books.count_blocks", "books.gather", "books.lines", "books.tally", "publish.edition"]
)
def test_an_edition_counts_no_growing_table_to_its_end(news, name):
    assert whole_reads(plan(news, statements()[name])) == set()


def test_what_people_decided_of_a_story_reads_no_table_to_its_end(news):
    assert whole_reads(plan(news, statements()["ui.decided"])) == set()


def test_a_timeline_reads_no_other_events_stories(news):
    assert whole_reads(plan(news, questions.load()[7].statement)) == set()


def test_a_claim_of_pages_walks_only_as_far_as_it_takes_however_many_wait(news):
    news.execute("SET LOCAL enable_sort = off")  # of the few rows of a test it makes no difference
    (fresh,) = [node for node in plan(news, statements()["extract.claim"])["Plans"] if node.get("Subplan Name") == "CTE fresh"]
    assert [node["Node Type"] for node in _down(fresh)] == ["Limit", "LockRows", "Index Scan"]


def _down(node):
    """Yield a node, and the first under each, without those that are asked only now and then."""
    yield node
    yield from (one for below in node.get("Plans", ())[:1] if below["Parent Relationship"] == "Outer" for one in _down(below))


def test_a_statement_that_reads_one_to_its_end_is_told(news):
    assert whole_reads(plan(news, b"SELECT count(*) FROM core.article WHERE version = %(number)s")) == {"article"}
