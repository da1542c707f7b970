"""Wiredesk: feeds in, stories with one canonical article each out."""

VERSION = "0.1.0"  # as in pyproject.toml
