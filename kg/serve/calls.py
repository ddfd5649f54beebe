"""What worker processes can be asked, by name: the one list that joins the pages and the API to the graph."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.graph import Graph


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call gives back.

    :param media_type: of the body, with charset where it has one
    :param headers: further headers of the answer
    """

    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


Call = Callable[[Graph, Mapping[str, Any]], Reply]
"""A function of the graph and of plain arguments (text, numbers, truth values, lists and mappings of them)."""

CALLS: Mapping[str, str] = {
    "sparql": "kg.serve.answer:sparql",
    "graph": "kg.serve.graphs:read",
    "overview": "kg.serve.api.overview:overview",
    "search": "kg.serve.api.search:search",
    "complete": "kg.serve.api.complete:complete",
    "labels": "kg.serve.api.labels:labels",
    "stored": "kg.serve.api.stored:stored",
    "stored-rows": "kg.serve.api.stored:rows",
    "stored-text": "kg.serve.api.stored:bound",
    "term": "kg.serve.api.term:term",
    "known": "kg.serve.api.term:known",
    "match": "kg.serve.api.match:match",
    "derive": "kg.serve.api.match:derive",
    "features": "kg.serve.api.match:features",
    "forest": "kg.serve.api.evidence:forest",
    "approvals": "kg.serve.api.evidence:approvals",
    "export": "kg.serve.api.export:export",
    "export-facts": "kg.serve.api.export:facts",
    "openapi": "kg.serve.openapi:openapi",
    "service-description": "kg.serve.api.describe:service_description",
    "void": "kg.serve.api.describe:void",
    "dataset": "kg.serve.api.describe:dataset",
    "examples": "kg.serve.api.describe:examples",
}
"""Name → module and function."""


@cache
def call(name: str) -> Call:
    """Return the function of that name.

    :raises KeyError: when there is none
    """
    module, _, function = CALLS[name].partition(":")
    found: Call = getattr(importlib.import_module(module), function)
    return found
