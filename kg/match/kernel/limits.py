"""Sizes at which one way of deciding gives way to another."""

from __future__ import annotations

MOST_CELLS = 4096
"""Combinations of cells of features that are closed together by going through them."""
MOST_VECTORS = 64
"""Cells of one set feature; with more, the engine closes it."""
MOST_HUB_CELLS = 65536
"""Combinations of cells of the hub."""
DENSE = 1 << 22
"""Entries of a table that numbers combinations by position; larger ones are numbered by a dictionary."""
MOST_DESCRIBED = 30
"""Alternatives of a union whose bits fit twice into a number."""
TOGETHER = 3
"""Independent features whose combinations are numbered together."""
