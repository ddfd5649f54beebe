"""The checks of other projects, and which rule stands for each, or why none does."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from kg.check.rules import all_rules

CHECKS = Path(__file__).parent / "outside-checks.tsv"
"""ROBOT's report profile (a67eed48), the OBO Dashboard (c3601a0), FOOPS! (b78f2a0) and OOPS! (11572ea), in our words."""


@dataclass(frozen=True, slots=True)
class OutsideCheck:
    """A check of another project.

    :param id: as that project names it
    :param weight: its level or importance there
    :param asks: what it asks for, or warns of, in our words
    :param settled: why no rule stands for it; else empty
    """

    project: str
    id: str
    weight: str
    asks: str
    settled: str


def outside_checks() -> list[OutsideCheck]:
    """Return the checks, project by project."""
    with CHECKS.open(encoding="utf-8", newline="") as stream:
        return [OutsideCheck(**row) for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]


def answering(check: OutsideCheck) -> list[str]:
    """Return the names of the rules that stand for a check, sorted."""
    return sorted(rule.name for rule in all_rules().values() if rule.name == check.id or check.id in rule.answers)
