"""Texts -> stories: signatures, candidates, matches, groups, canonical articles. Nothing here touches the world."""
