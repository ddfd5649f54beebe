"""What a SPARQL service can do and what it holds, in the W3C's SPARQL 1.1 Service Description vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.describe.triples import named, node, number
from kg.describe.void import DATASET
from kg.prefixes import GRAPH

_ENTAILMENT = "http://www.w3.org/ns/entailment/"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that clients are told.

    :param about: what is limited
    """

    name: str
    value: float
    unit: str
    about: str


@dataclass(frozen=True, slots=True)
class Service:
    """A SPARQL service.

    :param endpoint: its public address
    :param formats: IRIs of the formats that it can answer in
    :param writable: whether it takes updates
    :param union: whether queries without FROM are answered over the union of all graphs
    """

    endpoint: str
    formats: tuple[str, ...]
    limits: tuple[Limit, ...]
    writable: bool
    union: bool


def service_description(service: Service, graphs: Mapping[str, int], comment: str) -> Iterator[ox.Triple]:
    """Yield the description of a service.

    :param graphs: named graph → number of its triples; a graph without triples is left out
    :param comment: what users should know
    """
    endpoint = ox.NamedNode(service.endpoint)
    yield from named(endpoint, "sd:Service", "SPARQL endpoint")
    yield ox.Triple(endpoint, node("rdfs:comment"), ox.Literal(comment, language="en"))
    yield ox.Triple(endpoint, node("sd:endpoint"), endpoint)
    for language in ("Query", "Update") if service.writable else ("Query",):
        yield ox.Triple(endpoint, node("sd:supportedLanguage"), node(f"sd:SPARQL11{language}"))
    for form in service.formats:
        yield ox.Triple(endpoint, node("sd:resultFormat"), ox.NamedNode(form))
    if service.union:
        yield ox.Triple(endpoint, node("sd:feature"), node("sd:UnionDefaultGraph"))
    yield ox.Triple(endpoint, node("sd:defaultEntailmentRegime"), ox.NamedNode(_ENTAILMENT + "Simple"))
    yield from _limits(endpoint, service.limits)
    yield from _dataset(endpoint, {graph: count for graph, count in graphs.items() if count}, union=service.union)


def _limits(endpoint: ox.NamedNode, limits: Iterable[Limit]) -> Iterator[ox.Triple]:
    for limit in limits:
        described = ox.NamedNode(f"{endpoint.value}#limit-{limit.name}")
        yield ox.Triple(endpoint, node("schema:additionalProperty"), described)
        yield from named(described, "schema:PropertyValue", f"limit: {limit.about}")
        yield ox.Triple(described, node("schema:name"), ox.Literal(limit.name))
        yield ox.Triple(described, node("schema:value"), ox.Literal(limit.value))
        if limit.unit:
            yield ox.Triple(described, node("schema:unitText"), ox.Literal(limit.unit))


def _dataset(endpoint: ox.NamedNode, graphs: Mapping[str, int], *, union: bool) -> Iterator[ox.Triple]:
    yield ox.Triple(endpoint, node("sd:defaultDataset"), DATASET)
    yield ox.Triple(DATASET, node("rdf:type"), node("sd:Dataset"))
    if union:
        default = ox.NamedNode(f"{endpoint.value}#default-graph")
        yield ox.Triple(DATASET, node("sd:defaultGraph"), default)
        yield from named(default, "sd:Graph", "the union of all graphs")
        yield number(default, "void:triples", sum(graphs.values()))
    for name, count in sorted(graphs.items()):
        graph = ox.NamedNode(name)
        yield ox.Triple(DATASET, node("sd:namedGraph"), graph)
        yield from named(graph, "sd:NamedGraph", f"graph {name.removeprefix(GRAPH)}")
        yield ox.Triple(graph, node("sd:name"), graph)
        yield ox.Triple(graph, node("sd:graph"), graph)
        yield ox.Triple(graph, node("rdf:type"), node("sd:Graph"))
        yield number(graph, "void:triples", count)
