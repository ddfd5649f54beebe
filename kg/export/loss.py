"""What a format could not carry, said plainly."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.files import write_whole
from kg.prefixes import compress

COLUMNS = ("term", "axiom", "reason")


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """One axiom or statement that was left out.

    :param term: IRI of what it is about
    :param axiom: the axiom, in functional syntax or as a triple
    :param reason: why the format has no place for it; the same words for the same cause
    """

    term: str
    axiom: str
    reason: str


class Losses:
    """Collects losses while an export is written."""

    def __init__(self) -> None:
        self._found: set[Loss] = set()

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Loss]:
        return iter(sorted(self._found))

    def add(self, term: str, axiom: str, reason: str) -> None:
        """Note one loss."""
        self._found.add(Loss(term, axiom, reason))

    def by_reason(self) -> dict[str, int]:
        """Return reason → number of losses, the most frequent first."""
        return dict(sorted(Counter(loss.reason for loss in self._found).items(), key=lambda pair: (-pair[1], pair[0])))

    def write(self, path: Path) -> None:
        """Write the report as a table with a header, sorted.

        :raises SurroundingsError: when it cannot be written
        """
        text = io.StringIO()
        table = csv.writer(text, delimiter="\t", lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows((compress(loss.term), loss.axiom, loss.reason) for loss in sorted(self._found))
        write_whole(path, [text.getvalue()])
