"""Wiredesk: feeds in, stories with one canonical article each out."""
