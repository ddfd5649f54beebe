"""What the headers of ontology and dataset say, and which files there are: the facts that every description is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.describe.examples import ENDPOINT
from kg.describe.void import DATASET
from kg.export.artefacts import File
from kg.graph import NOTICE, Graph
from kg.prefixes import NET, ONTOLOGY_IRI, PREFIXES, expand
from kg.store import select
from kg.terms import plain_label

NAME = "NET-KG"
KEYWORDS = ("neuroendocrine tumours", "ontology", "knowledge graph", "SPARQL")
TECHNIQUES = ("curation of published documents, each row cited", "classification by an OWL reasoner")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""The licence of data and ontology, for a graph that has no header."""
RELEASES = NET + "release/"
"""Below it lies each release, by its version."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Files that can be had, and where.

    :param base: address that their names are added to
    :param endpoint: address of the SPARQL endpoint
    :param page: address of the page for people
    """

    base: str
    files: tuple[File, ...]
    endpoint: str = ENDPOINT.value
    page: str = NET

    def address(self, file: File) -> str:
        """Return where a file can be had."""
        return self.base + file.name


@dataclass(frozen=True, slots=True)
class About:
    """The header; what the graph does not say is empty.

    :param version_iri: of the ontology
    :param variables: endpoints of trials that the graph has estimates for
    """

    title: str
    description: str
    version: str
    version_iri: str
    licence: str
    created: str
    issued: str
    modified: str
    creators: tuple[str, ...]
    publisher: str
    citation: str
    sources: tuple[str, ...]
    catalogues: tuple[str, ...]
    variables: tuple[str, ...]
    prefix: str
    namespace: str


def about(graph: Graph) -> About:
    """Return what a graph says about itself."""
    said = _said(graph)

    def one(curie: str, default: str = "") -> str:
        return next(iter(said.get(curie, ())), default)

    publisher = one("dcterms:publisher", f"{NAME} contributors")
    return About(
        title=one("dcterms:title", NAME),
        description=one("dcterms:description", f"Neuroendocrine tumours and their treatment. {NOTICE}"),
        version=graph.version(),
        version_iri=one("owl:versionIRI", f"{ONTOLOGY_IRI}/{graph.version()}"),
        licence=one("dcterms:license", LICENCE),
        created=one("dcterms:created"),
        issued=one("dcterms:issued"),
        modified=one("dcterms:modified"),
        creators=said.get("dcterms:creator", (publisher,)),
        publisher=publisher,
        citation=one("dcterms:bibliographicCitation"),
        sources=tuple(iri for iri in said.get("dcterms:source", ()) if iri != ONTOLOGY_IRI),
        catalogues=said.get("schema:includedInDataCatalog", ()),
        variables=_variables(graph),
        prefix=one("vann:preferredNamespacePrefix", "net"),
        namespace=one("vann:preferredNamespaceUri", NET),
    )


_HEADERS = " ".join(f"<{iri}>" for iri in (ONTOLOGY_IRI, DATASET.value))
_ENDPOINTS = f"SELECT DISTINCT ?label WHERE {{ ?estimate <{NET}endpoint> ?endpoint . ?endpoint <{PREFIXES['rdfs']}label> ?label }}"


def _said(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """Return property → values, sorted, of the headers of ontology and dataset together."""
    found: dict[str, set[str]] = defaultdict(set)
    names = {
        expand(curie): curie
        for curie in (
            *(f"dcterms:{name}" for name in ("title", "description", "license", "created", "issued", "modified", "creator", "publisher", "source")),
            "dcterms:bibliographicCitation",
            "owl:versionIRI",
            "schema:includedInDataCatalog",
            "vann:preferredNamespacePrefix",
            "vann:preferredNamespaceUri",
        )
    }
    for prop, value in select(graph.store, f"SELECT ?p ?o WHERE {{ VALUES ?s {{ {_HEADERS} }} ?s ?p ?o }}"):
        if isinstance(prop, ox.NamedNode) and prop.value in names and isinstance(value, ox.NamedNode | ox.Literal):
            found[names[prop.value]].add(value.value)
    return {name: tuple(sorted(values)) for name, values in found.items()}


def _variables(graph: Graph) -> tuple[str, ...]:
    return tuple(sorted({plain_label(label.value) for (label,) in select(graph.store, _ENDPOINTS) if isinstance(label, ox.Literal)}))
