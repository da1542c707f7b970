"""Hostile, broken and well-behaved sites as data, a small internet that serves them, and what must come of each."""
