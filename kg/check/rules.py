"""What must hold: rules about the graph, each a SPARQL query that finds what breaks it, and those that code checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.graph import display
from kg.load.report import Problem
from kg.prefixes import GRAPH, PREFIXES
from kg.store import Store, select

FOLDER = Path(__file__).parent / "rules"
LEVELS = ("ERROR", "WARN", "INFO")
"""From the most serious; what is INFO is said on demand, and fails no check."""
_PROLOGUE = f"PREFIX graph: <{GRAPH}>\n" + "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n"
    for name in ("net", "rdf", "rdfs", "owl", "xsd", "skos", "dcterms", "vann", "schema", "bibo", "foaf", "oboInOwl", "IAO", "OMO")
)
_HEADER = re.compile(r"^# (level|rule|mend|answers): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    :param name: as the ROBOT report has it, with underscores, where it asks the same
    :param level: one of :data:`LEVELS`
    :param text: what holds when the rule is kept
    :param mend: what to do when it is broken
    :param answers: ids of checks of other projects that it stands for; see :mod:`kg.check.outside`
    :param sparql: finds what breaks it; empty when code does
    """

    name: str
    level: str
    text: str
    mend: str
    answers: tuple[str, ...] = ()
    sparql: str = ""


IN_CODE: tuple[Rule, ...] = (
    Rule("readable", "ERROR", "ontology and tables can be read", "restore the file from version control, or undo the last edit of it", ("RDF1",)),
    Rule("table", "ERROR", "every cell of the tables is as its column wants it", "netkg check --explain says it of each cell"),
    Rule(
        "released-terms",
        "ERROR",
        "a term that was released is still there",
        "put the term back with owl:deprecated true, its replacement (IAO:0100001) and the reason; it is never removed",
        ("FP019",),
    ),
    Rule(
        "profile",
        "ERROR",
        "the ontology is in OWL 2 DL, as the OWL API judges",
        "write the axiom within OWL 2 DL: declare what it uses, and do not use one name for a class and an individual",
        ("P34", "P35", "FP002"),
    ),
    Rule(
        "reasoner",
        "ERROR",
        "ontology and tables contradict neither themselves nor each other, as HermiT judges",
        "two axioms or cells exclude each other: look at the last edit of the table or terms named",
    ),
    Rule(
        "equivalence",
        "ERROR",
        "no two named classes have the same meaning, as HermiT judges",
        "say in the ontology how the two terms differ, or deprecate one in favour of the other",
        ("P30", "P31"),
    ),
    Rule(
        "outside-term",
        "ERROR",
        "every class and property of another vocabulary is known to exist there, under the release that was read",
        "correct the address; a term that is new here is added with scripts/list-outside-terms",
        ("P40", "VOC2"),
    ),
    Rule(
        "relation-label",
        "ERROR",
        "no property of ours has the label of a relation of the Relation Ontology",
        "use that relation, or name what differs",
        ("FP007",),
    ),
    Rule("licence-files", "ERROR", "LICENSE-DATA and the mapping table name the licence of the header", "write it there too", ("FP001",)),
    Rule("shape", "ERROR", "statements and evidence fit ontology/shapes.ttl", "the message says what is missing or too much"),
    Rule(
        "query",
        "ERROR",
        "every stored query gives the columns and at least the rows of its header",
        "mend the query, or its header: names of the ontology, columns and least number of rows must be true",
    ),
)


def is_shown(level: str, least: str) -> bool:
    """Return whether a level is at least as serious as another."""
    return LEVELS.index(level) <= LEVELS.index(least)


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


@cache
def read_rules() -> tuple[Rule, ...]:
    """Return the rules that are queries, sorted by name."""
    rules = []
    for path in sorted(FOLDER.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        fields = dict(_HEADER.findall(text))
        answers = tuple(fields["answers"].split(", ")) if "answers" in fields else ()
        rules.append(Rule(path.stem, fields["level"], fields["rule"], fields["mend"], answers, _PROLOGUE + text))
    return tuple(rules)


def all_rules() -> dict[str, Rule]:
    """Return all rules by name: those that are queries, then those that code checks."""
    return {rule.name: rule for rule in (*read_rules(), *IN_CODE)}


def findings(store: Store, rule: Rule) -> Iterator[Finding]:
    """Yield what breaks a rule that is a query."""
    for entity, detail in sorted(select(store, rule.sparql).rows, key=str):
        yield Finding(rule.name, rule.level, display(entity) or "", display(detail) or "")
