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
    r"[\s_-])",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|more-?(?:stories|news|from|on)|read-?(?:more|also|next)|"
    r"most-?(?:read|popular|viewed)|trending|popular|newsletter|sign-?up|subscri(?:be|ption)"
    r"|promo(?:tion)?|sponsor(?:ed)?|advert(?:isement)?s?|ads?|outbrain|taboola|share|sharing|social|comments?|"
    r"disqus|breadcrumbs?|nav(?:igation|bar)?|menu|footer|cookies?|consent|gdpr"
    r"|tags?|topics?|keywords|author-?(?:bio|box|info|card|description)|bio|teasers?|sidebar|rail|toolbar|paywall|"
    r"login|pagination|skip-?links?|hidden|visually-?hidden|sr-only|screen-?reader-?text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?lines?|authors?|article-?author|writers?|contributors?|autor(?:es|en)?|auteurs?|signature|"
    r"firma|source|quelle|agency|reporter|dateline|credits?-?author|kicker-?author)(?:$|[\s_-]|name)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|lead|lede|chapo|chapeau|intro(?:duction|text)?|sub-?(?:title|head(?:line)?|"
    r"heading)|sous-?titre|sottotitolo|occhiello|subtitulo|entradilla|bajada|copete|deck|dek"
    r"|abstract|excerpt|vorspann|teaser-?text|anriss|summary|sommario|ingress|description|manchet)(?:$|[\s_-]|text)",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Place(NamedTuple):
    """What an element's names say it is."""

    picture: bool
    aside: bool
    byline: bool
    lead: bool


@lru_cache(maxsize=4096)
def read(names: str) -> Place:
    """Return what a string of class names and ids stands for; humps count as dashes ("articleLead")."""
    names = _HUMP.sub("-", names)
    return Place(bool(_PICTURE.search(names)), bool(_ASIDE.search(names)), bool(_BYLINE.search(names)), bool(_LEAD.search(names)))
