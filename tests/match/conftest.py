"""The ontology's logic, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox
import pytest

from kg.load.load import load
from kg.match.expressions import Expressions
from kg.match.logic import Logic
from kg.match.types import TypeSpace
from kg.model.population import Population, parse
from kg.settings import Sources
from kg.terms import Terms, read_rdf


@pytest.fixture(scope="session")
def ontology(sources: Sources) -> list[ox.Triple]:
    """The triples of the real ontology."""
    return read_rdf(sources.ontology)


@pytest.fixture(scope="session")
def expressions(ontology: list[ox.Triple]) -> Expressions:
    """The class expressions of the real ontology."""
    return Expressions(ontology)


@pytest.fixture(scope="session")
def types(expressions: Expressions, terms: Terms) -> TypeSpace:
    """The types of things in the real ontology."""
    return TypeSpace(expressions, terms)


@pytest.fixture(scope="session")
def logic_of(ontology: list[ox.Triple], terms: Terms) -> Callable[[Iterable[str]], tuple[Logic, list[str]]]:
    """Make the logic for some population cells; the second value is the identifier of each cell."""

    def make(cells: Iterable[str]) -> tuple[Logic, list[str]]:
        populations = [parse(cell, terms) for cell in cells]
        return Logic(ontology, terms, populations), [population.id for population in populations]

    return make


@pytest.fixture(scope="session")
def real_populations(sources: Sources, terms: Terms) -> dict[str, Population]:
    """The populations of the curated tables, by identifier."""
    return load(sources.data, terms).populations
