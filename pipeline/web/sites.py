"""A host -> its site: the registrable domain, by the Public Suffix List that comes with tldextract. Manners are owed to a site."""

from __future__ import annotations

from functools import lru_cache

from tldextract import TLDExtract

from pipeline.web import guard

# Two blogs of one hoster are two sites; that they share an address, the address's own turn takes care of.
_split = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def site(host: str) -> str:
    """Return the registrable domain of "host" or "host:port"; an address that is a number is a site of its own, with its port.

    A host of no known suffix counts by its last two labels, as the list's own rule `*` says.
    """
    name, _, port = host.rpartition(":")
    if not (name and port.isdecimal()):
        name = host
    try:
        if guard.literal(name.strip("[]")) is not None:
            return host
    except ValueError:  # a number in an odd form: the door refuses it
        return host
    name = name.rstrip(".")
    return _split(name).top_domain_under_public_suffix or ".".join(name.split(".")[-2:])
