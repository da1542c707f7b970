"""Figures -> charts as SVG, painted by our own style sheet: pygal lays out, and what it would paint or script is taken away.

The content security policy forbids styles within a page, so that only shapes, classes and texts may stay. Each chart comes twice, for a
laptop and for a phone, and the style sheet shows one: a large one made smaller has too small words, and scrolled its end is out of sight.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FORM: Mapping[str, Any] = {
    "js": [],
    "css": [],
    "disable_xml_declaration": True,
    "no_prefix": True,
    "pretty_print": False,
    "show_legend": False,
    "margin": 0,
    "no_data_text": "",
}
EACH = 6  # bars between two labels
WIDE, NARROW = 960, 390  # units across; on a phone one is about a pixel
_PAINTED = {"defs", "style", "script", "title"}
_OVERLAYS = {"titles", "plot text-overlay", "plot tooltip-overlay", "background"}


def spark(values: Sequence[float | None], label: str) -> Markup:
    """Return a line as large as a word, without axes; pygal takes 5 ms for one, and a page has fifty."""
    told = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(told) < 2:  # noqa: PLR2004  a line has two ends
        return Markup("")
    low, high = (choose(value for _, value in told) for choose in (min, max))
    size = (high - low) or 1.0
    points = " ".join(f"{place * 100 / (len(values) - 1):.1f},{29 - 26 * (value - low) / size:.1f}" for place, value in told)
    return Markup(
        '<svg class="chart spark" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline class="line" points="{}"/></svg>'
    ).format(label, points)


def bars(labels: Sequence[str], series: Mapping[str, Sequence[float]], label: str, *, axis: Sequence[str] | None = None) -> Markup:
    """Return stacked bars over time, named by their labels when pointed at, and by `axis` below: each sixth, back from the last."""
    below = [name if (len(labels) - 1 - place) % EACH == 0 else "" for place, name in enumerate(axis or labels)]
    return Markup("").join(_bars(labels, series, (label, form), axis=below) for form in ("wide", "narrow"))


def _bars(labels: Sequence[str], series: Mapping[str, Sequence[float]], said: tuple[str, str], *, axis: Sequence[str]) -> Markup:
    highest = max((sum(column) for column in zip(*series.values(), strict=True)), default=0)
    shape: Mapping[str, Any] = {
        "spacing": 4,
        "y_labels": _steps(highest),
        "truncate_label": -1,
    }
    width, height = (WIDE, 200) if said[1] == "wide" else (NARROW, 170)
    chart = _pygal().StackedBar(width=width, height=height, formatter=lambda value: f"{value:,.0f}", **FORM, **shape)
    chart.x_labels = list(axis)
    for name, values in series.items():
        chart.add(name, [{"value": found, "label": f"{at}: {found:,.4g} {name}"} for at, found in zip(labels, values, strict=True)])
    return _drawn(chart, said[0], f"bars {said[1]}")


def dots(points: Mapping[str, Sequence[tuple[float, float, str]]], label: str, *, ticks: Sequence[tuple[float, str]], rows: int) -> Markup:
    """Return points on a line of time, kind by kind: x, row, what to say of it."""
    return Markup("").join(_dots(points, (label, form), ticks=ticks, rows=rows) for form in ("wide", "narrow"))


def _dots(
    points: Mapping[str, Sequence[tuple[float, float, str]]], said: tuple[str, str], *, ticks: Sequence[tuple[float, str]], rows: int
) -> Markup:
    wide = said[1] == "wide"
    names = dict(ticks if wide else [*ticks[:1], *ticks[-1:0:-3][::-1]])
    last = max([x for told in points.values() for x, *_ in told] + list(names) + [1.0])
    shape: Mapping[str, Any] = {
        "stroke": False,
        "show_y_labels": False,
        "show_y_guides": False,
        "spacing": 8,
        "dots_size": 5,
        "truncate_label": -1,
    }
    across, size = (-last * 0.01, last * 1.02), (WIDE if wide else NARROW, 48 + 14 * rows)
    chart = _pygal().XY(width=size[0], height=size[1], xrange=across, range=(-0.7, rows - 0.3), **FORM, **shape)
    chart.x_labels = list(names)
    chart.x_value_formatter = lambda value: names.get(value, "")
    for kind, told in points.items():
        chart.add(kind, [{"value": (x, row), "label": said} for x, row, said in told])
    return _drawn(chart, said[0], f"dots {said[1]}")


def _steps(highest: float) -> list[float]:
    """Return about four round figures from nothing to at least the highest."""
    size = 10 ** max(len(str(int(highest))) - 1, 0)
    step = next((part * size for part in (0.25, 0.5, 1, 2, 2.5) if part * size * 4 >= highest and part * size >= 1), 1)
    return [step * count for count in range(int(-(-highest // step)) + 1)] if highest else [0, 1]


def _drawn(chart: Any, label: str, kind: str) -> Markup:
    chart.add_xml_filter(_bare(label, kind))
    return Markup(chart.render(is_unicode=True))  # noqa: S704  pygal escapes what it is given; a test gives it markup


def _bare(label: str, kind: str) -> Callable[[Any], Any]:
    def filtered(root: Any) -> Any:
        for parent in list(root.iter()):
            told: dict[str, Any] = {}
            for child in list(parent):
                name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else "script"
                if name == "desc":
                    told[child.get("class", "")] = child
                if name in _PAINTED | {"desc"} or child.get("class") in _OVERLAYS:
                    parent.remove(child)
            if told and (said := told.get("label", told.get("value"))) is not None:
                said.tag = said.tag.replace("desc", "title")  # what a browser shows when one points at it
                parent.insert(0, said)
        root.attrib.pop("id", None)
        for name, value in {"class": f"chart {kind}", "role": "img", "aria-label": label}.items():
            root.set(name, value)
        return root

    return filtered


def _pygal() -> Any:
    """Return pygal without its finder of maps: it is of a kind that Python warns of at every import that fails, in all of the process."""
    import pygal

    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
    return pygal
