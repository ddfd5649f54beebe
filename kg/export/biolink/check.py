"""A check of nodes and edges against Biolink 4.4.4 and the rules of KGX, without the network.

The rules are those of KGX's validator (required properties, CURIEs, categories, predicates, dangling ends, duplicates),
those of Every Cure's matrix-validator (closed lists, prefixes that the model prefers, pipes and outer blanks), and one of
the model's own text: ``treats`` and what is below it only with an approval, a trial of phase 3 or a recommendation.

One domain is not asked for: ``subclass_of`` wants an ``ontology class``, a mixin that the model gives to only some of the
categories, though every term of an ontology is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.export.biolink.model import NAMESPACE, model
from kg.export.biolink.predicates import APPROVALS
from kg.export.biolink.slots import EDGE_SLOTS, NODE_SLOTS, Element, Kind

CURIE = re.compile(r"[A-Za-z_][A-Za-z0-9.\-_]*:[^\s|]+")
CATEGORY = re.compile(r"biolink:([A-Z][a-z\d]+)+")
OWN_PREFIXES = {"net", "infores", "biolink"}
ENUMS = {
    "knowledge_level": "KnowledgeLevelEnum",
    "agent_type": "AgentTypeEnum",
    "clinical_approval_status": "ClinicalApprovalStatusEnum",
    "max_research_phase": "ResearchPhaseEnum",
    "clinical_trial_phase": "ResearchPhaseEnum",
    "causal_mechanism_qualifier": "CausalMechanismQualifierEnum",
    "object_direction_qualifier": "DirectionQualifierEnum",
}
REQUIRED_OF_NODES = ("id", "category", "name")
REQUIRED_OF_EDGES = ("id", "subject", "predicate", "object", "knowledge_level", "agent_type", "primary_knowledge_source")
ENDS = (
    "subject",
    "object",
    "disease_context_qualifier",
    "anatomical_context_qualifier",
    "population_context_qualifier",
    "publications",
    "has_supporting_studies",
)
"""Slots whose values must be nodes."""

STRONG = {"net:DirectionRecommended"} | {f"net:{decision}" for decision in APPROVALS}
"""Original predicates that allow ``treats``: the approval status is a slot of chemical entities' edges only."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong.

    :param element: identifier of the node or edge
    :param slot: where in it
    :param message: what is wrong, with the value
    """

    element: str
    slot: str
    message: str


def check(nodes: Iterable[Element], edges: Iterable[Element]) -> list[Finding]:
    """Return what is wrong with a graph, sorted; nothing when it is well-formed."""
    found: list[Finding] = []
    known: dict[str, Element] = {}
    for node in nodes:
        found += _node(node, known)
        known[str(node.get("id", ""))] = node
    seen: set[str] = set()
    for edge in edges:
        found += _edge(edge, known, seen)
        seen.add(str(edge.get("id", "")))
    return sorted(found)


def read(nodes: Path, edges: Path) -> tuple[list[Element], list[Element]]:
    """Read two files of one form, tables or JSON Lines by their endings, as KGX does."""
    return _read(nodes, NODE_SLOTS), _read(edges, EDGE_SLOTS)


def _read(path: Path, slots: dict[str, Kind]) -> list[Element]:
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in lines if line]
    header, *rows = (line.split("\t") for line in lines)
    return [{column: _value(cell, slots.get(column, Kind.TEXT)) for column, cell in zip(header, row, strict=True) if cell} for row in rows]


def _value(cell: str, kind: Kind) -> str | bool | list[str]:
    if kind in {Kind.TEXTS, Kind.CURIES}:
        return cell.split("|")
    return cell == "true" if kind is Kind.FLAG else cell


def _node(node: Element, known: dict[str, Element]) -> Iterator[Finding]:
    name = str(node.get("id", ""))
    yield from _slots(node, name, NODE_SLOTS, REQUIRED_OF_NODES)
    if name in known:
        yield Finding(name, "id", "two nodes have it")
    categories = [str(item) for item in _list(node, "category")]
    for category in categories:
        if not CATEGORY.fullmatch(category) or category.removeprefix(NAMESPACE) not in model().categories:
            yield Finding(name, "category", f"{category} is no category of Biolink {model().version} that nodes may have")
    prefix = name.partition(":")[0]
    preferred = {prefix for category in categories for prefix in model().preferred_prefixes(category.removeprefix(NAMESPACE))}
    if prefix not in preferred | {"net"}:
        yield Finding(name, "id", f"{prefix} is no prefix of {' or '.join(categories)}")


def _edge(edge: Element, nodes: dict[str, Element], seen: set[str]) -> Iterator[Finding]:
    name = str(edge.get("id", ""))
    yield from _slots(edge, name, EDGE_SLOTS, REQUIRED_OF_EDGES)
    if name in seen:
        yield Finding(name, "id", "two edges have it")
    for slot in ENDS:
        for value in _list(edge, slot):
            if value not in nodes:
                yield Finding(name, slot, f"{value} is no node")
    if not str(edge.get("primary_knowledge_source", "")).startswith("infores:"):
        yield Finding(name, "primary_knowledge_source", "not one infores: identifier")
    for category in _list(edge, "category"):
        if category.removeprefix(NAMESPACE) not in model().associations:
            yield Finding(name, "category", f"{category} is no association of Biolink {model().version}")
    if (edge.get("knowledge_level") == "logical_entailment") != (edge.get("agent_type") == "automated_agent"):
        yield Finding(name, "agent_type", "what follows from other statements is found by an automated agent, and nothing else is")
    yield from _predicate(edge, name, nodes)


def _predicate(edge: Element, name: str, nodes: dict[str, Element]) -> Iterator[Finding]:
    word = str(edge.get("predicate", "")).removeprefix(NAMESPACE)
    predicate = model().predicates.get(word)
    if predicate is None or predicate.deprecated or not str(edge["predicate"]).startswith(NAMESPACE):
        yield Finding(name, "predicate", f"{edge.get('predicate')} is no predicate of Biolink {model().version}")
        return
    for slot, wanted in (("subject", predicate.domain), ("object", predicate.range)):
        categories = _list(nodes.get(str(edge.get(slot)), {}), "category")
        above = frozenset().union(*(model().ancestors(category.removeprefix(NAMESPACE)) for category in categories))
        if categories and wanted not in above | {"", "OntologyClass"}:
            yield Finding(name, slot, f"{word} asks for {wanted}, not {' or '.join(categories)}")
    if model().within(word, "treats") and not edge.get("negated") and not _is_strong(edge, nodes):
        yield Finding(name, "predicate", f"{word} without an approval, a trial of phase 3 or a recommendation")


def _is_strong(edge: Element, nodes: dict[str, Element]) -> bool:
    """Say whether an edge carries what ``treats`` asks for."""
    phases = {nodes.get(study, {}).get("clinical_trial_phase") for study in _list(edge, "has_supporting_studies")}
    approved = edge.get("clinical_approval_status") in {"approved_for_condition", "fda_approved_for_condition"}
    return approved or "clinical_trial_phase_3" in phases or edge.get("original_predicate") in STRONG


def _slots(element: Element, name: str, slots: dict[str, Kind], required: tuple[str, ...]) -> Iterator[Finding]:
    for slot in required:
        if not element.get(slot):
            yield Finding(name, slot, "is missing")
    for slot, value in element.items():
        kind = slots.get(slot)
        if kind is None:
            yield Finding(name, slot, "is no slot that we write")
        elif kind is Kind.FLAG:
            if not isinstance(value, bool):
                yield Finding(name, slot, f"{value!r} is neither true nor false")
        elif isinstance(value, list) != (kind in {Kind.TEXTS, Kind.CURIES}):
            yield Finding(name, slot, f"{value!r} is not {'a list' if kind in {Kind.TEXTS, Kind.CURIES} else 'one value'}")
        else:
            yield from _values(name, slot, kind, _list(element, slot))


def _values(name: str, slot: str, kind: Kind, values: list[str]) -> Iterator[Finding]:
    if len(set(values)) < len(values):
        yield Finding(name, slot, "a value stands twice")
    for value in values:
        if not value or value != value.strip():
            yield Finding(name, slot, f"{value!r} is empty or has outer blanks")
        if kind in {Kind.CURIE, Kind.CURIES}:
            if not CURIE.fullmatch(value):
                yield Finding(name, slot, f"{value!r} is no CURIE")
            elif value.partition(":")[0] not in model().prefixes | OWN_PREFIXES:
                yield Finding(name, slot, f"{value} has a prefix that is not in Biolink {model().version}")
        if slot in ENUMS and value not in model().enums[ENUMS[slot]]:
            yield Finding(name, slot, f"{value} is not in {ENUMS[slot]}")


def _list(element: Element, slot: str) -> list[str]:
    value = element.get(slot, [])
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
