"""A demo's first day -> the same newsstand served on a fast clock, and Airflow reading it until a signal comes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipeline import clock
from pipeline.cli import up
from pipeline.cli.day import START, keep_clock, standing
from pipeline.cli.screen import Screen
from pipeline.machine import ports
from pipeline.machine.claim import claimed
from pipeline.machine.postgres import Server
from pipeline.machine.supervisor import Child
from pipeline.settings import ROOT, STAND

if TYPE_CHECKING:
    from pipeline.cli.day import Day, Scene
    from pipeline.settings import Settings

RATE = 60  # an hour of news in a minute
MINUTES = 1  # between two looks for due feeds


def serve(day: Day, scene: Scene) -> None:
    """Run Airflow on the demo's database from where the day ended. Running, PortTaken."""
    screen = Screen()
    spec = f"{day.reached.isoformat()} {clock.wall().isoformat()} {RATE}"
    settings = day.settings.model_copy(update={"clock": spec, "ingest_minutes": MINUTES})
    keep_clock(settings, spec)
    try:
        _up(settings, day, screen, _newsstand(day, scene, spec))
    finally:
        keep_clock(settings, standing(clock.read(spec)()))


def _up(settings: Settings, day: Day, screen: Screen, companion: Child) -> None:
    with claimed(settings, screen.say) as claim:
        up.prepare(settings, day.where, screen)
        up.serve(claim, settings, day.where, screen, server=Server(settings.var / "postgres"), companions=[companion])


def _newsstand(day: Day, scene: Scene, spec: str) -> Child:
    options = {
        "seed": scene.seed,
        "titles": scene.titles,
        "days": scene.days,
        "start": START.isoformat(),
        "clock": spec,
        "port": ports.remembered(day.settings.var / STAND / "port"),
        "folder": day.settings.var / STAND,
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "pipeline.newsstand.serve", *arguments, "--with-parent"]
    return Child(name="newsstand", command=command, environment={"PYTHONPATH": str(ROOT)})
