"""The ontology as the reasoner receives it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.rdf import stable_blank_nodes
from kg.reason.module import reasoning_module
from kg.settings import Sources
from kg.terms import Terms, read_rdf


@pytest.fixture(scope="session")
def ontology(sources: Sources) -> list[ox.Triple]:
    return stable_blank_nodes(read_rdf(sources.ontology))


@pytest.fixture(scope="session")
def module(ontology: list[ox.Triple], terms: Terms) -> list[ox.Triple]:
    return reasoning_module(ontology, terms)
