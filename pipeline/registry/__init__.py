"""The registry: titles and agencies as data, and what loads them.

A registry is a folder with `agencies.toml` and `titles/*.toml`, one block per agency and per title.
"""

from __future__ import annotations

from pipeline.registry.loader import Registry, load, survey

__all__ = ["Registry", "load", "survey"]
