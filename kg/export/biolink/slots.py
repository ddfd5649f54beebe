"""The slots that our nodes and edges have, in the order of their columns, and what each holds."""

from __future__ import annotations

from enum import Enum

Value = str | bool | list[str]
Element = dict[str, Value]
"""A node or an edge: slot → value, without empty ones."""


class Kind(Enum):
    """What a slot holds."""

    TEXT = "text"
    CURIE = "CURIE"
    FLAG = "flag"
    TEXTS = "texts"
    CURIES = "CURIEs"


NODE_SLOTS: dict[str, Kind] = {
    "id": Kind.CURIE,
    "category": Kind.CURIES,
    "name": Kind.TEXT,
    "description": Kind.TEXT,
    "iri": Kind.TEXT,
    "equivalent_identifiers": Kind.CURIES,
    "synonym": Kind.TEXTS,
    "clinical_trial_phase": Kind.TEXT,
    "deprecated": Kind.FLAG,
    "provided_by": Kind.CURIES,
}

EDGE_SLOTS: dict[str, Kind] = {
    "id": Kind.CURIE,
    "subject": Kind.CURIE,
    "predicate": Kind.CURIE,
    "object": Kind.CURIE,
    "category": Kind.CURIES,
    "negated": Kind.FLAG,
    "qualified_predicate": Kind.CURIE,
    "object_aspect_qualifier": Kind.TEXT,
    "object_direction_qualifier": Kind.TEXT,
    "causal_mechanism_qualifier": Kind.TEXT,
    "disease_context_qualifier": Kind.CURIE,
    "anatomical_context_qualifier": Kind.CURIES,
    "population_context_qualifier": Kind.CURIE,
    "clinical_approval_status": Kind.TEXT,
    "max_research_phase": Kind.TEXT,
    "knowledge_level": Kind.TEXT,
    "agent_type": Kind.TEXT,
    "primary_knowledge_source": Kind.CURIE,
    "aggregator_knowledge_source": Kind.CURIES,
    "publications": Kind.CURIES,
    "has_evidence_of_type": Kind.CURIES,
    "has_supporting_studies": Kind.CURIES,
    "original_subject": Kind.CURIE,
    "original_predicate": Kind.CURIE,
    "original_object": Kind.CURIE,
    "description": Kind.TEXT,
}
