"""The names that sites give to the parts of a page -> what stands there: a picture, a menu, a byline, a standfirst."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_PICTURE = re.compile(
    r"(?:^|[\s_-])(?:fig|figure|figcaption|caption|legende?|wp-caption|image-?(?:caption|credit|source|info|meta|"
    r"text|description)s?|photo-?(?:caption|credit|text|info)s?"
    r"|(?:img|pic|media|picture|visual|hero|lead|lightbox)-?(?:caption|credit|copyright|source|legend|info|meta)s?|"
    r"bildunterschrift|bildtext|bildquelle|credits?|copyright|rights|slideshow|carousel|gallery|galleria)(?:$|"
    r"[\s_-])"
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|more-?(?:stories|news|from|on)|read-?(?:more|also|next)|"
    r"most-?(?:read|popular|viewed)|trending|popular|newsletter|sign-?up|subscri(?:be|ption)"
    r"|promo(?:tion)?|sponsor(?:ed)?|advert(?:isement)?s?|ads?|outbrain|taboola|share|sharing|social|comments?|"
    r"disqus|breadcrumbs?|nav(?:igation|bar)?|menu|footer|cookies?|consent|gdpr"
    r"|tags?|topics?|keywords|author-?(?:bio|box|info|card|description)|bio|teasers?|sidebar|rail|toolbar|paywall|"
    r"login|pagination|skip-?links?|hidden|visually-?hidden|sr-only|screen-?reader-?text)(?:$|[\s_-])"
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?lines?|authors?|article-?author|writers?|contributors?|autor(?:es|en)?|auteurs?|signature|"
    r"firma|source|quelle|agency|reporter|dateline|credits?-?author|kicker-?author)(?:$|[\s_-]|name)"
)
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|lead|lede|chapo|chapeau|intro(?:duction|text)?|sub-?(?:title|head(?:line)?|"
    r"heading)|sous-?titre|sottotitolo|occhiello|subtitulo|entradilla|bajada|copete|deck|dek"
    r"|abstract|excerpt|vorspann|teaser-?text|anriss|summary|sommario|ingress|description|manchet)(?:$|[\s_-]|text)"
)
_NOTICE = re.compile(
    r"(?:^|[\s_-])(?:cookies?|privacy|gdpr|consent|ccpa|cmp)-?_?(?:modal|banner|pop-?up|overlay|dialog|notice|list|wall|bar|layer|settings|preferences)|"
    r"onetrust|didomi|usercentrics|cookiebot|truste|quantcast-choice|sp_message"
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Place(NamedTuple):
    """What an element's names say it is."""

    picture: bool
    aside: bool
    byline: bool
    lead: bool


_NOTHING = Place(picture=False, aside=False, byline=False, lead=False)


@lru_cache(maxsize=4096)
def read(names: str) -> Place:
    """Return what a string of class names and ids stands for; humps count as dashes ("articleLead")."""
    said = [_one(name) for name in names.split()]
    return Place(*map(any, zip(*said, strict=True))) if said else _NOTHING


@lru_cache(maxsize=16384)
def _one(name: str) -> Place:
    """Return what one name stands for: sites repeat the names, and not their combinations."""
    name = name if name.islower() else _HUMP.sub("-", name).lower()  # in Python, to ignore case takes a pattern twice as long
    return Place(bool(_PICTURE.search(name)), bool(_ASIDE.search(name)), bool(_BYLINE.search(name)), bool(_LEAD.search(name)))


@lru_cache(maxsize=4096)
def is_notice(names: str) -> bool:
    """Say whether an element's id and class are those of a notice of cookies or privacy that lies over the page."""
    return bool(_NOTICE.search(_HUMP.sub("-", names).lower()))
