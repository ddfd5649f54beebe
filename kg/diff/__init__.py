"""What changed between two graphs: statements, terms, and answers of the stored queries."""

from kg.diff.answers import AnswerChange
from kg.diff.changes import CHANGES, CellChange, Change, Difference
from kg.diff.compare import build_of_sources, compare, open_build, previous_build

__all__ = ["CHANGES", "AnswerChange", "CellChange", "Change", "Difference", "build_of_sources", "compare", "open_build", "previous_build"]
