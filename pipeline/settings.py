"""The environment -> Settings: what differs between machines, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, NonNegativeFloat, PositiveInt, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
# Of a world of its own, as the demo's, below `var`: a file that holds its clock; a folder of its registry and of where its hosts are.
CLOCK, STAND = "clock", "newsstand"


class Settings(BaseSettings):
    """Every setting has a default that works on a fresh machine; `WIREDESK_<NAME>` changes it."""

    model_config = SettingsConfigDict(env_prefix="WIREDESK_", env_ignore_empty=True, frozen=True)

    database_url: str | None = None  # the news; None: the embedded Postgres below `var`
    airflow_database_url: str | None = None  # Airflow's metadata; None: a database beside the news
    var: Path = ROOT / "var"
    registry: Path = ROOT / "pipeline" / "registry"  # titles/*.toml and agencies.toml
    contact: str = ""  # a page or an address that a site's owner can write to; named in the User-Agent
    hosts: Path | None = None  # a closed world: lines "host:port address:port", and no other host exists (the newsstand)
    proxy: str | None = None  # "http://host:port" through which all requests go; what they ask for is still checked here
    clock: str | None = None  # a fast clock, see pipeline/clock.py; None: that of the file `var`/clock, else the wall clock
    spacing: NonNegativeFloat = 1.0  # seconds between two requests to one host
    ingest_minutes: Annotated[int, Field(ge=1, le=59)] = 5  # how often due feeds are looked for
    workers: PositiveInt = 2  # parse and extract processes per task
    readers: Annotated[int, Field(ge=1, le=32)] = 1  # tasks that extract at once: as many as machines can run of them
    web_slots: Annotated[int, Field(ge=1, le=512)] = 4  # on many machines: tasks that all workers of `web` run at once; see docs/deploy.md
    cpu_slots: Annotated[int, Field(ge=1, le=512)] = 3  # those of `cpu`, less one, which is the writer's
    notifiers: str = ""  # who is told of alarms beside the log: JSON, see pipeline/ui/notices.py
    telemetry: str | None = None  # address of an OpenTelemetry collector ("http://collector:4318"), which gets Airflow's metrics
    command: str = "./wiredesk"  # what people type here before a command's words: pages and alarms name it
    port: Annotated[int, Field(ge=1, le=65535)] = 8080  # of the Airflow UI, on 127.0.0.1

    @model_validator(mode="before")
    @classmethod
    def _kept_world(cls, said: dict[str, Any]) -> dict[str, Any]:
        """Take the world that the demo has left, so that its news of March are news, and its agencies known, to every command by hand."""
        var = Path(said.get("var") or ROOT / "var")
        clock, stand, kept = var / CLOCK, var / STAND, dict[str, Any]()
        if clock.is_file():
            kept["clock"] = clock.read_text(encoding="ascii").strip()
        if (stand / "registry").is_dir():
            kept |= {"registry": stand / "registry", "hosts": stand / "hosts", "spacing": 0.0}
        return kept | said
