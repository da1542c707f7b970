"""A feed's bytes -> entries, and when to ask it again."""
