"""Commands about this machine: up, down, status, doctor, psql, test."""

from __future__ import annotations

import typer

app = typer.Typer()


@app.command()
def test() -> None:
    """Run the checks and the tests."""
