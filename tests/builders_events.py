"""Sketches of invented stories, and happenings in figures, for tests of pipeline/events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders_stories import NOON

from pipeline.events import grouping, sketches
from pipeline.events.ranking import Happening

BRIDGE = (  # one happening, as six desks tell it in three languages
    (
        "en",
        "Bridge at Tallow Ferry gives way, eleven rescued from the Anselm",
        (
            "A road bridge over the river Anselm at Tallow Ferry collapsed early on Tuesday, sending four cars into the water. Fire crews pulled "
            "eleven people from the Anselm, the mayor, Imelda Rask, told reporters. Two of the eleven are in hospital with broken bones."
        ),
    ),
    (
        "en",
        "Eleven saved as old Tallow Ferry crossing drops into river",
        (
            "Boat crews saved eleven motorists when the crossing at Tallow Ferry fell into the Anselm before dawn. Mayor Imelda Rask praised a "
            "baker who rowed out twice. Engineers had closed one lane of the bridge in January because of rust."
        ),
    ),
    (
        "en",
        "'I heard the rivets go': Anselm bridge fall leaves town cut in two",
        (
            "People in Tallow Ferry described a noise like hail when the bridge across the Anselm came down on Tuesday. Four cars went in; "
            "everybody got out. Imelda Rask, the mayor, wants an inquiry into why only one lane had been shut since January."
        ),
    ),
    (
        "en",
        "Inquiry ordered into Tallow Ferry bridge collapse",
        (
            "The transport ministry will look into the collapse of the bridge at Tallow Ferry, in which eleven people were plucked from the river "
            "Anselm. Its inspectors reported rust in January, and Mayor Imelda Rask asked then for the whole bridge to be closed."
        ),
    ),
    (
        "de",
        "Brücke über den Anselm eingestürzt: elf Menschen gerettet",
        (
            "In Tallow Ferry ist am Dienstag eine Straßenbrücke über den Anselm eingestürzt. Vier Autos fielen in den Fluss, elf Menschen wurden "
            "gerettet, sagte Bürgermeisterin Imelda Rask. Wegen Rost war seit Januar eine Spur gesperrt."
        ),
    ),
    (
        "fr",
        "Un pont s'effondre à Tallow Ferry, onze rescapés",
        (
            "Le pont routier qui enjambe l'Anselm à Tallow Ferry s'est effondré mardi avant l'aube. Quatre voitures sont tombées dans l'eau. "
            "La maire, Imelda Rask, a salué un boulanger qui a ramené 11 personnes de l'Anselm avec sa barque."
        ),
    ),
)
MATCHES = (  # two matches on one day of one league, and each as another desk tells it
    (
        "en",
        "Wexcombe beat Harrow Vale 3-1 to stay top of the Premier Circuit",
        (
            "Wexcombe stayed top of the Premier Circuit on Saturday with a 3-1 win over Harrow Vale. Striker Jonty Abara scored twice in the first "
            "half before a crowd of 21,000, and goalkeeper Piers Lund saved a penalty. The league resumes on Wednesday."
        ),
    ),
    (
        "en",
        "Abara double sinks Harrow Vale",
        (
            "Two goals by Jonty Abara before half-time settled it for Wexcombe, who lead the Premier Circuit by four points. Harrow Vale had a "
            "penalty saved by Piers Lund in the second half on Saturday and were beaten 3-1."
        ),
    ),
    (
        "en",
        "Orsley hold Penfold Rovers 2-2 in the Premier Circuit",
        (
            "Orsley held Penfold Rovers to a 2-2 draw in the Premier Circuit on Saturday. Striker Deke Moran scored twice in the second half "
            "before a crowd of 14,000, and goalkeeper Sune Friis saved a penalty. The league resumes on Wednesday."
        ),
    ),
    (
        "en",
        "Moran rescues a point for Orsley at Penfold",
        (
            "Deke Moran scored two late goals as Orsley drew 2-2 at Penfold Rovers on Saturday in the Premier Circuit. Sune Friis had kept them in "
            "it with a penalty save in the first half."
        ),
    ),
)


def sketched(told, *, at=NOON, first=1, apart=timedelta(minutes=20)):
    """Return (language, headline, text) as sketches, one after the other."""
    return [
        sketches.sketch(headline, text, language, story=first + place, at=at + place * apart)
        for place, (language, headline, text) in enumerate(told)
    ]


def told(known, **more):
    """Return the events as sets of stories."""
    return {frozenset(one.story for one in event.tellers) for event in grouping.group(known, **more)}


def happening(story: int, **changes) -> Happening:
    base = Happening(
        story_id=story,
        event_id=None,
        stories=1,
        sources=1,
        articles=1,
        titles=1,
        owners=1,
        countries=1,
        best_rank=1,
        prominence=1.0,
        owners_lately=0,
        owners_before=0,
        hours=1.0,
        section="world",
        owner=f"Owner {story}",
    )
    return replace(base, **changes)
