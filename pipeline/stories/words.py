"""Text -> words as they are compared, whatever a desk's house style makes of them.

Two desks print one text with other marks, spellings, figures and accents. Here both become the same words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NUMBER, NAME = 1, 2  # what a word is, as bits; signatures.py adds its own

_THAI_CJK = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_INDIC = "\u0900-\u0dff"
# Scripts without blanks between words are read sign by sign (Korean too: its particles differ between desks).
SIGN = re.compile(rf"[{_THAI_CJK}]")
_WORD = re.compile(r"\w+")
WORD_OR_SIGN = re.compile(rf"[{_THAI_CJK}]|[^\W{_THAI_CJK}]+")
_INDIC_WORD = re.compile(rf"[\w{_INDIC}]+")

_TWICE_ENCODED = re.compile(
    "[\u00c2-\u00f4](?:[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122])+"
)
_NOT_BY_LETTERS = re.compile(f"[{_INDIC}{_THAI_CJK}]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARABIC_MARKS = {
    **dict.fromkeys([*range(0x064B, 0x0660), 0x0670, 0x0640]),  # vowel signs and the stretching stroke
    ord("ى"): "ي",
    ord("ة"): "ه",
    ord("ک"): "ك",
    ord("ی"): "ي",
}
_COMMA_DECIMAL = frozenset(
    {"de", "fr", "es", "pt", "it", "nl", "da", "sv", "no", "nb", "fi", "pl", "cs", "ru", "uk", "tr", "id", "ro", "el", "hu"}
)
_GROUPED_POINT = re.compile(r"\d+(?:[.'’ ]\d{3})+(?!\d)")
_GROUPED_COMMA = re.compile(r"\d+(?:[,'’]\d{3})+(?!\d)")
_DECIMAL = re.compile(r"\d+[.,]\d")
_MARKED = re.compile(r"\d+(?:[.,'’ ]\d+)+")  # figures with marks between them, in which alone both stand: one pass over a text, not two
_GROUP = 3  # at most so many figures before the first mark, or it is no grouped number

_SPELLINGS = {
    "prozent": "percent", "percentage": "percent", "procent": "percent",
    "centre": "center", "centres": "centers", "theatre": "theater", "theatres": "theaters", "metre": "meter", "metres": "meters",
    "litre": "liter", "litres": "liters", "fibre": "fiber", "calibre": "caliber", "sabre": "saber",
    "kilometre": "kilometer", "kilometres": "kilometers", "programme": "program", "programmes": "programs",
    "defence": "defense", "offence": "offense", "offences": "offenses", "licence": "license", "licences": "licenses",
    "pretence": "pretense",
    "grey": "gray", "tyre": "tire", "tyres": "tires", "plough": "plow", "cheque": "check", "cheques": "checks",
    "towards": "toward", "afterwards": "afterward", "whilst": "while", "amongst": "among", "learnt": "learned", "spelt": "spelled",
    "judgement": "judgment", "ageing": "aging", "sceptical": "skeptical", "sceptic": "skeptic", "sceptics": "skeptics", "persons": "people",
    "jan": "january", "feb": "february", "aug": "august", "sept": "september", "oct": "october", "nov": "november", "dec": "december",
    "sen": "senator", "gov": "governor", "rep": "representative", "gen": "general", "pres": "president",
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "eleven": "11", "twelve": "12",
    "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "huit": "8", "neuf": "9", "dix": "10",
    "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9", "zehn": "10",
    "elf": "11", "zwölf": "12",
    "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10",
}  # fmt: skip
_BRITISH = re.compile(
    r"(?<=\w{2})(?:our(?=(?:s|ed|ing|ite|ites|able|ably|ful|hood|er|ers)?$)"
    r"|ll(?=(?:ed|ing|er|ers)$)"
    r"|[iy]s(?=(?:e|ed|es|ing|er|ers|ation|ations)$))"
)
_AMERICAN = {"our": "or", "is": "iz", "ys": "yz", "ll": "l"}


def clean(text: str, language: str) -> str:
    """Return the text with its characters and figures in one form; paragraphs stay."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _TWICE_ENCODED.sub(_decode, text)
        if _ARABIC.search(text):
            text = text.translate(_ARABIC_MARKS)
    for printed in ("%", " per cent", " pour cent", " por ciento", " por cento", " per cento", " pct"):
        text = text.replace(printed, " percent")
    grouped = _GROUPED_POINT if language in _COMMA_DECIMAL else _GROUPED_COMMA
    return _MARKED.sub(lambda figures: _DECIMAL.sub(_point, grouped.sub(_join, figures.group())), text)


def pattern(text: str) -> re.Pattern[str]:
    """Return what finds the words of this text."""
    if text.isascii() or not _NOT_BY_LETTERS.search(text):
        return _WORD
    return WORD_OR_SIGN if SIGN.search(text) else _INDIC_WORD


def _decode(found: re.Match[str]) -> str:
    """Undo UTF-8 read as Windows-1252, if that is what it is."""
    signs = found.group()
    try:
        return b"".join(bytes([ord(sign)]) if ord(sign) < 0x100 else sign.encode("cp1252") for sign in signs).decode()  # noqa: PLR2004  Latin-1
    except UnicodeError:
        return signs


def _join(found: re.Match[str]) -> str:
    """1,234 -> 1234; but 2019,100 stays."""
    figures = found.group()
    groups = re.split(r"\D", figures)
    return "".join(groups) if len(groups[0]) <= _GROUP else figures


def _point(found: re.Match[str]) -> str:
    """1.5 and 1,5 -> 1_5."""
    return found.group().replace(".", "_").replace(",", "_")


@lru_cache(maxsize=1 << 17)
def plain(word: str) -> tuple[str, int]:
    """Return the word as compared, and whether it is a number or looks like a name."""
    kind = NAME if word[0].isupper() and len(word) > 1 else 0
    word = word.lower()
    word = _SPELLINGS.get(word, word)
    if word[0].isdecimal():
        return "".join(str(unicodedata.decimal(sign, sign)) for sign in word), NUMBER
    if not word.isascii():
        if SIGN.match(word):
            return word, 0
        word = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign)).replace("ß", "ss")
    return _BRITISH.sub(lambda found: _AMERICAN[found.group()], word) if len(word) > 4 else word, kind  # noqa: PLR2004  "four", "hour"
