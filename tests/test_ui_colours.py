"""The colours of the pages: what is to be read stands out from what it is on, by WCAG 2.2's contrast (4.5 for text), in light and in dark."""

import re

import pytest

from pipeline.settings import ROOT

CSS = (ROOT / "pipeline" / "ui" / "assets" / "app.css").read_text(encoding="utf-8")
ENOUGH = 4.5
WORDS = ("ink", "soft", "link", "good", "warn", "grave")


def rgb(word, dark):
    """Return a colour as three numbers, whether it is a name of ours, one of two, or one."""
    if name := re.fullmatch(r"var\(--(\w+)\)", word):
        word = re.search(rf"--{name[1]}: ([^;]+);", CSS)[1]
    if pair := re.fullmatch(r"light-dark\((.+?), (.+?)\)", word):
        return rgb(pair[1 + dark], dark)
    digits = word.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return tuple(int(digits[at : at + 2], 16) for at in (0, 2, 4))


def light(colour):
    """Return the relative luminance of a colour: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def rule(selector):
    """Return what the rules of a selector declare."""
    bodies = re.findall(rf"^\s*{re.escape(selector)} {{ (.+?) }}", CSS, re.MULTILINE)
    assert bodies, selector
    return dict(part.strip().split(": ", 1) for body in bodies for part in body.split(";") if part.strip())


def test_the_measure_is_right():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_every_colour_of_words_can_be_read(dark, ground):
    on = rgb(f"var(--{ground})", dark)
    assert {
        word: round(contrast(rgb(f"var(--{word})", dark), on), 2) for word in WORDS if contrast(rgb(f"var(--{word})", dark), on) < ENOUGH
    } == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("shade", range(1, 7))
def test_figures_and_names_can_be_read_on_each_shade_of_the_agencies(dark, shade):
    declared = rule(f".shade-{shade}")
    name, share = re.fullmatch(r"color-mix\(in srgb, (\S+) (\d+)%, transparent\)", declared["background"]).groups()
    paint, paper = rgb(name, dark), rgb("var(--paper)", dark)
    on = tuple(int(share) / 100 * ours + (1 - int(share) / 100) * theirs for ours, theirs in zip(paint, paper, strict=True))
    assert contrast(rgb(declared.get("color", "var(--ink)"), dark), on) >= ENOUGH
    assert rule('.matrix.fold td[class^="shade-"]::before') == {"color": "inherit"}, "on a phone the name stands on the shade, too"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_cell_of_nothing_can_be_seen(dark):
    assert contrast(rgb(rule(".matrix td.zero")["color"], dark), rgb("var(--paper)", dark)) >= ENOUGH
