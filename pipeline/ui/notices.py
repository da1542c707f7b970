"""`WIREDESK_NOTIFIERS` -> what tells people of an alarm: the task's log, and Airflow's own notifiers. SettingsError where it names none.

The setting is a JSON list; each item names a notifier ("email", "slack", "webhook", or the path of any class of Airflow's) and gives its
arguments, which may be templates: `alarm` (kind, subject, cause, step, anchor) and `line` are known in them. Connections are Airflow's.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.errors import SettingsError
from pipeline.settings import Settings
from pipeline.steps.alarms import line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.steps.alarms import Tell, Told

SETTING = "WIREDESK_NOTIFIERS"
KNOWN: Mapping[str, tuple[str, Mapping[str, Any]]] = {  # class, and arguments unless others are given
    "email": (
        "airflow.providers.smtp.notifications.smtp.SmtpNotifier",
        {"subject": "Wiredesk: {{ alarm.kind }}, {{ alarm.subject }}", "html_content": "<p>{{ line | e }}</p>"},
    ),
    "slack": ("airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier", {"text": "{{ line }}"}),
    "webhook": (
        "airflow.providers.http.notifications.http.HttpNotifier",
        {"data": '{"text": {{ line | tojson }}}', "headers": {"Content-Type": "application/json"}},
    ),
}


def teller(said: str | None = None) -> Tell:
    """Return what tells of one alarm: a line of the log, then each notifier of the setting."""
    notifiers = read(Settings().notifiers if said is None else said)

    def tell(told: Told) -> None:
        print(line(told), flush=True)  # noqa: T201  a task's log is its standard output
        for cls, arguments in notifiers:
            cls(**arguments)({"alarm": dict(told), "line": line(told)})

    return tell


def read(said: str) -> Sequence[tuple[Any, Mapping[str, Any]]]:
    """Return the notifiers' classes, each with its arguments."""
    try:
        items = json.loads(said or "[]")
    except ValueError as error:
        raise SettingsError(SETTING, f"is no JSON: {error}", hint='[{"notifier": "email", "to": "desk@example.com"}]') from error
    if not isinstance(items, list) or not all(isinstance(item, dict) and isinstance(item.get("notifier"), str) for item in items):
        raise SettingsError(SETTING, 'is no list of objects with a "notifier"', hint=f"Known by name: {', '.join(KNOWN)}.")
    return [_one(**item) for item in items]


def _one(notifier: str, **given: Any) -> tuple[Any, Mapping[str, Any]]:
    path, usual = KNOWN.get(notifier, (notifier, {}))
    module, _, name = path.rpartition(".")
    try:
        return getattr(import_module(module), name), {**usual, **given}
    except (ImportError, AttributeError, ValueError) as error:
        hint = f"Is its provider installed? {path} is not there." if notifier in KNOWN else f"Known by name: {', '.join(KNOWN)}."
        raise SettingsError(SETTING, f"{notifier} cannot be used: {error}", hint=hint) from error
