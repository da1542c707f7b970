"""SHELL: the steps of the pipeline. Each reads what is pending, decides with the pure modules, writes, and tallies.

sync -> poll -> fetch -> extract -> cluster -> publish -> events. Any step may run twice, overlap itself or die anywhere: what is pending
is a query, a claim carries a fence, and each unit is one transaction. Imports are light here; a step imports what it needs.
"""

from pipeline.steps.figures import figures
from pipeline.steps.leases import free
from pipeline.steps.sync import sync

__all__ = ["figures", "free", "sync"]
