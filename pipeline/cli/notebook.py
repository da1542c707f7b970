"""docs/analysis.ipynb -> the same page with what a database answers, plots included. Needs nbclient and ipykernel, of the group dev.

Nothing of the machine is kept: no times, versions, paths, or what a library says on standard error.
"""

from __future__ import annotations

import base64
import io
import os
from typing import TYPE_CHECKING, Any

from pipeline.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAGE = ROOT / "docs" / "analysis.ipynb"
SECONDS = 60  # for one cell
SHADES = 192  # of a picture: enough for what is drawn, and a third of the bytes


def executed(environment: Mapping[str, str], page: Path = PAGE) -> Any:
    """Return the notebook as it is after a run from top to bottom. nbclient's CellExecutionError where a cell fails."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(page, as_version=4)
    where = {"metadata": {"path": str(page.parent)}}
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=where, record_timing=False)
    client.execute(env=os.environ | {"PYTHONWARNINGS": "ignore", **environment})  # noqa: TID251  the kernel is a process of its own
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_small(output) for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def write(environment: Mapping[str, str]) -> None:
    """Run the notebook and store it."""
    import nbformat

    nbformat.write(executed(environment), PAGE)


def pictures(notebook: Any) -> list[bytes]:
    """Return the plots as PNG, in order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [base64.b64decode(output.data["image/png"]) for output in outputs if "image/png" in output.get("data", {})]


def _small(output: Any) -> Any:
    if "image/png" in output.get("data", {}):
        from PIL import Image

        made = io.BytesIO()
        with Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))) as picture:
            picture.convert("RGB").quantize(SHADES, Image.Quantize.MAXCOVERAGE).save(made, "PNG", optimize=True)
        output.data["image/png"] = base64.b64encode(made.getvalue()).decode()
    return output
