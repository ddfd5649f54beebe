"""Who made the dataset, in which version, under which licence, and from which files each of its graphs comes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from kg.describe.triples import named, node
from kg.describe.void import DATASET
from kg.errors import OntologyError
from kg.prefixes import GRAPH, NET, ONTOLOGY_IRI, expand

HEADER_GRAPH = GRAPH + "meta"
CARRIED_OVER = (
    *(expand(f"dcterms:{name}") for name in ("title", "description", "license", "created", "issued", "modified", "creator", "publisher", "source")),
    expand("owl:versionInfo"),
)
"""What the header of the ontology says that holds for the whole dataset."""


def header(ontology: Iterable[ox.Triple], graphs: Iterable[str], files: Mapping[str, Path]) -> Iterator[ox.Triple]:
    """Yield the header of the dataset, and its graphs with the checksums of the files they were made of.

    :param graphs: names of all graphs of the dataset
    :param files: graph → the file it was made of
    :raises OntologyError: when the ontology's own header has no version
    """
    own = [triple for triple in ontology if triple.subject == ox.NamedNode(ONTOLOGY_IRI)]
    carried = [ox.Triple(DATASET, triple.predicate, triple.object) for triple in own if triple.predicate.value in CARRIED_OVER]
    if expand("owl:versionInfo") not in {triple.predicate.value for triple in carried}:
        raise OntologyError("the header carries no owl:versionInfo", where=str(files.get(GRAPH + "ontology", "")))
    yield from carried
    yield from named(DATASET, "void:Dataset", "the NET-KG dataset")
    yield ox.Triple(DATASET, node("dcterms:source"), ox.NamedNode(ONTOLOGY_IRI))
    yield ox.Triple(DATASET, node("void:uriSpace"), ox.Literal(NET))
    for graph in sorted(graphs):
        part = ox.NamedNode(graph)
        yield from named(part, "void:Dataset", f"graph {graph.removeprefix(GRAPH)}")
        if graph in files:
            source = ox.NamedNode(NET + "file/" + files[graph].name)
            yield ox.Triple(part, node("prov:wasDerivedFrom"), source)
            yield from named(source, "prov:Entity", f"file {files[graph].name}")
            checksum = hashlib.sha256(files[graph].read_bytes()).hexdigest()
            yield ox.Triple(source, node("dcterms:identifier"), ox.Literal(f"sha256:{checksum}"))
