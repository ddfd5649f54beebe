"""Rules about the graph, each a SPARQL query that finds what breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.graph import display
from kg.load.report import Problem
from kg.prefixes import PREFIXES
from kg.store import Store, select

FOLDER = Path(__file__).parent / "rules"
_PROLOGUE = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("net", "rdf", "rdfs", "owl", "xsd", "skos", "dcterms", "vann", "schema", "oboInOwl", "IAO")
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    :param level: ``ERROR`` or ``WARN``; both fail a check
    :param text: what holds when the rule is kept
    """

    name: str
    level: str
    text: str
    sparql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule.

    :param problem: the cell at fault, when a table is
    """

    rule: str
    level: str
    entity: str
    detail: str
    problem: Problem | None = None

    def __str__(self) -> str:
        return f"{self.level} {self.rule}: {self.entity}" + (f" — {self.detail}" if self.detail else "")


def read_rules() -> list[Rule]:
    """Return the rules, sorted by name."""
    rules = []
    for path in sorted(FOLDER.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        fields = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
        rules.append(Rule(path.stem, fields["level"], fields["rule"], _PROLOGUE + text))
    return rules


def findings(store: Store, rule: Rule) -> Iterator[Finding]:
    """Yield what breaks a rule."""
    for entity, detail in sorted(select(store, rule.sparql).rows, key=str):
        yield Finding(rule.name, rule.level, display(entity) or "", display(detail) or "")
