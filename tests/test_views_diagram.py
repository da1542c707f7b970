"""The picture of the tables is that of the schema, and loads nothing from elsewhere."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from pipeline.settings import ROOT
from pipeline.store import diagram

pytestmark = pytest.mark.database


def test_the_picture_of_the_tables_is_up_to_date(news):
    assert (ROOT / "docs" / "tables.svg").read_text(encoding="utf-8") == diagram.svg(news), "run ./wiredesk tables --write"


def test_the_picture_is_well_formed_and_no_box_lies_on_another(news):
    drawn = ET.fromstring(diagram.svg(news))
    boxes = [rect.attrib for rect in drawn.iter("{http://www.w3.org/2000/svg}rect") if not rect.get("class")]
    assert len(boxes) > 15
    spans = sorted((int(box["x"]), int(box["y"]), int(box["y"]) + int(box["height"])) for box in boxes)
    assert all(one[0] != other[0] or one[2] < other[1] for one, other in pairwise(spans))
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", diagram.svg(news))
