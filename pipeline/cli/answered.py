"""All questions with what a database answers -> docs/questions.md, with the words that one has to know before."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pipeline.cli import notebook
from pipeline.cli.answers import text, values
from pipeline.settings import ROOT, Settings
from pipeline.store import questions, value
from pipeline.stories.telling import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Connection
    from pipeline.store.questions import Reply

PAGE = ROOT / "docs" / "questions.md"
HEAD = """# Sixteen questions

Each is a short query over `mart`, the analysts' schema ([every column](tables.md)), and one word away: `./wiredesk ask 1`, with
`--agency`, `--title`, `--since`, `--story`, `--words`, `--language` to ask about something else, and `--sql` to see it. Two of them
together tell [who trims an agency most, and what is cut](#who-trims-an-agency-most-and-what-do-they-cut). The answers below are those
of the demo's invented news (`./wiredesk demo`, then `WIREDESK_VAR=var/demo ./wiredesk ask 1`); the same with `--write`
makes this page, and a test keeps it true.

Four things to know. An **article** is one address, a **story** is one text and all its copies: count articles to measure what readers
see, stories to measure what was reported. Figures are those of the last edition (`SELECT max(at) FROM mart.edition`), a few minutes old.
Shares are 0 to 1 in the views, and percent where a column says so. A section has one name in all languages (`sport` for *Deportes*);
`title_section` is what the title calls it.

**kept** is the share of the story's origin that is found in the copy, **own** the share of the copy that is not in the origin, **lag** the
time from the origin to the copy, negative where the copy was out before; it is null where `relation` is `origin`, and else where a time is
not exact. Each article is compared in its newest version: a copy of what the agency has since rewritten looks trimmed
(`mart.stale_copy` has those that still carry what is gone). A copy's **relation** follows from the first two:

| relation | kept | own | in words |
|--|--|--|--|
| `origin` | | | stands for its story: the agency's own article; where we have not seen that, the first full text |
| `verbatim` | {whole} % or more | {nothing} % or less | run as it came |
| `trimmed` | less than {whole} % | {little} % or less | cut, and nothing of note added |
| `expanded` | {most} % or more | more than {little} % | run whole, with something of the title's own |
| `edited` | {partial} % or more | more than {little} %, or more than {nothing} % where nothing is cut | rewritten here and there |
| `partial` | less than {partial} % | more than {little} % | some of the wire within a text of the title's own |

Where **`agency_seen`** is false, the agency's own article was never seen, so a subscriber's stands for the story, and is the *first* that
we know, though the agency had it before. *kept*, *own* and *lag* are then measured from that copy.
"""
TRIMS = """## Who trims an agency most, and what do they cut?

Question 3 says who, question 15 what, by section and by thirds of the text; without `--title` it says so of all titles together.
The demo's agencies are invented, so here it is `{agency}`; in the news of `./wiredesk up`, `--agency afp` (`mart.agency` has all keys).
*Why two texts are copies, and what each has that the other has not:* `./wiredesk why URL OTHER`.

```
./wiredesk ask 3 --agency {agency}
./wiredesk ask 15 --agency {agency} --title {title}
```

Or in one query: of how many texts how many were cut, how much was kept on average, and how much of each third. Copies of an older version
look trimmed, too; to leave out those that still carry a sentence which the agency has since dropped, add
`AND article_id NOT IN (SELECT article_id FROM mart.stale_copy)` to any of these.

```sql
{trims};
```
"""
FOUND = """What it cut, text by text; `start`, `middle` and `last` are what is left of the thirds, in percent:

```sql
{cuts};
```
"""


def write() -> None:
    """Write the page, and the notebook's pictures where what runs it is installed."""
    from pipeline.machine.databases import news
    from pipeline.store import connect

    with connect(news(Settings())) as connection:
        PAGE.write_text(markdown(connection), encoding="utf-8")
    if find_spec("nbclient"):
        notebook.write({})


def markdown(connection: Connection) -> str:
    """Return the page of all questions, with what this database answers."""
    policy = {name: f"{100 * getattr(Policy(), name):.0f}" for name in ("whole", "nothing", "most", "little", "partial")}
    return "\n".join((HEAD.format(**policy), *_lines(connection), *_trims(connection)))


def _lines(connection: Connection) -> Iterator[str]:
    for question in questions.load().values():
        with connection.transaction():
            told = {"words": "Haldenmark", "story": value(connection, "ask.related_story") if question.name == "related" else None}
            asked = values(connection, question, told)  # what the invented news can answer at some length
        yield f"## {question.number}. {question.says}\n\n```sql\n{questions.shown(connection, question, asked)};\n```\n"
        yield from _table(questions.ask(connection, question, asked))


def _trims(connection: Connection) -> Iterator[str]:
    """Yield the answer to a question that takes two, from files of sql/questions/together."""
    trims, cuts = questions.load(questions.FOLDER / "together").values()
    with connection.transaction():
        asked: dict[str, Any] = dict(values(connection, trims, {}))
    reply = questions.ask(connection, trims, asked)
    asked["title"] = reply.rows[0][0] if reply.rows else ""
    yield TRIMS.format(**asked, trims=questions.shown(connection, trims, asked))
    yield from _table(reply)
    yield FOUND.format(cuts=questions.shown(connection, cuts, asked))
    yield from _table(questions.ask(connection, cuts, asked))


def _table(reply: Reply) -> Iterator[str]:
    if not reply.rows:
        yield "No row: nothing of the kind has happened in this news.\n"
        return
    yield f"| {' | '.join(reply.columns)} |\n|{'--|' * len(reply.columns)}"
    yield from (f"| {' | '.join(text(each).replace('|', '/') for each in row)} |" for row in reply.rows)
    yield ""
