"""Verdicts for many cases at once, the same as the engine gives case by case.

A case is a number per feature: which of the states met so far (a set of values that are still possible) it has there. A
state becomes a row of bits over all alternatives of all populations: whether the feature leaves the alternative
possible, whether it makes it certain, and whether a chosen completion fulfils it. Features that no rule connects are
independent of each other, so an alternative is possible, or certain, when it is so for every feature: the rows are
combined with ``and``, 64 alternatives at a time.

Features that rules connect are closed together, once per distinct combination. The values of a feature that no rule
tells apart make one *cell*; a feature whose state lies in one cell is independent again. Where there are too many
combinations of cells, a few features (the *hub*) are taken first: for each combination of their cells the rest falls
into groups that are independent of each other. What cannot be taken apart like that is asked of the engine, combination
by combination.

A union of alternatives may be certain though none of its alternatives is. If each alternative is false in the chosen
completion, it is not; the few cases that remain are decided by the engine, again once per distinct combination.
"""

from kg.match.kernel.kernel import CONTRADICTORY, VERDICTS, Kernel
from kg.match.kernel.rows import Codes, Numbers

__all__ = ["CONTRADICTORY", "VERDICTS", "Codes", "Kernel", "Numbers"]
