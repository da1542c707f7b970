"""What stops a run, drawn once. An item that is not kept is no error but a `Refusal`.

WiredeskError          says what it is about, what is wrong, and what to do next
|-- SettingsError      a WIREDESK_ variable or an option that cannot be used
|-- MachineError       this machine: Python, disk, permissions, processes
|   |-- PortTaken      somebody else listens where we should
|   `-- Running        Wiredesk already runs in this clone
|-- DatabaseError      Postgres cannot be started, reached or used
|   `-- MigrationError the schema cannot be brought up to date
|-- RegistryError      a block of the registry that is not valid
|-- DecisionError      a person's word on stories that cannot be stored
|-- QueryError         a question to the news that Postgres refuses
`-- LedgerError        an item has left a stage by no named door

They are raised with the subject first and the cause chained, and caught at the CLI's edge, which prints one line and the hint.
"""

from __future__ import annotations


class WiredeskError(Exception):
    """`subject` is what it is about ("port 8080", "titles/fr.toml:12"); `hint` says what to do next."""

    def __init__(self, subject: str, problem: str = "", *, hint: str = "") -> None:
        self.subject = subject
        self.problem = problem
        self.hint = hint
        super().__init__(f"{subject}: {problem}" if problem else subject)
        if hint:
            self.add_note(hint)  # a task's log shows it below the error


class SettingsError(WiredeskError):
    """A WIREDESK_ variable or an option that cannot be used."""


class MachineError(WiredeskError):
    """This machine does not let us: Python, disk, permissions, processes."""


class PortTaken(MachineError):  # noqa: N818  it names what is the case, as the tree above does
    """Somebody else listens where we should."""


class Running(MachineError):  # noqa: N818  as above
    """Wiredesk already runs in this clone."""


class DatabaseError(WiredeskError):
    """Postgres cannot be started, reached or used."""


class MigrationError(DatabaseError):
    """The schema cannot be brought up to date."""


class RegistryError(WiredeskError):
    """A block of the registry that is not valid; the subject is "file:line"."""


class QueryError(WiredeskError):
    """A question to the news that Postgres refuses: no such view, no right to it, no SQL."""


class DecisionError(WiredeskError):
    """A person's word on stories that repeats or contradicts another, or is about nothing that we have."""


class LedgerError(WiredeskError):
    """An item has left a stage by no named door."""
