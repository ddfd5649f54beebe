"""The dataset in DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/): the dataset, one distribution for each file, and the endpoint.

Checksums are written with SPDX's terms, as DCAT 3 has it. A distribution of a kind that is no registered media type
says its kind with dcterms:format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.describe.triples import named, node
from kg.describe.void import DATASET
from kg.export.artefacts import ARCHIVE, MEDIA_TYPES, File
from kg.export.dataset.about import KEYWORDS, NAME, About, Publication
from kg.export.document import document
from kg.export.source import Source
from kg.prefixes import ONTOLOGY_IRI

IANA = "https://www.iana.org/assignments/media-types/"
REGISTERED = {MEDIA_TYPES[ending] for ending in ("csv", "json", "jsonld", "md", "nq", "nt", "owl", "trig", "tsv", "ttl", "txt", "zip")}
"""Media types with an entry at IANA."""
PROTOCOL = ox.NamedNode("http://www.w3.org/TR/sparql11-protocol/")


def text(_source: Source, about: About, publication: Publication) -> bytes:
    """Return the description in Turtle."""
    return document([*_dataset(about, publication), *_service(publication), *_distributions(about, publication)], ox.RdfFormat.TURTLE)


def _dataset(about: About, publication: Publication) -> Iterator[ox.Triple]:
    publisher = ox.NamedNode(f"{DATASET.value}#publisher")
    yield from named(publisher, "foaf:Agent", about.publisher)
    yield ox.Triple(publisher, node("foaf:name"), ox.Literal(about.publisher))
    yield from named(DATASET, "dcat:Dataset", NAME)
    yield ox.Triple(DATASET, node("dcterms:title"), ox.Literal(about.title, language="en"))
    yield ox.Triple(DATASET, node("dcterms:description"), ox.Literal(about.description, language="en"))
    yield ox.Triple(DATASET, node("dcterms:identifier"), ox.Literal(DATASET.value))
    yield ox.Triple(DATASET, node("dcterms:license"), ox.NamedNode(about.licence))
    yield ox.Triple(DATASET, node("dcterms:publisher"), publisher)
    yield ox.Triple(DATASET, node("dcterms:creator"), publisher)
    yield ox.Triple(DATASET, node("dcat:version"), ox.Literal(about.version))
    yield ox.Triple(DATASET, node("dcat:landingPage"), ox.NamedNode(publication.page))
    yield ox.Triple(DATASET, node("dcterms:hasPart"), ox.NamedNode(ONTOLOGY_IRI))
    for name, date in (("created", about.created), ("issued", about.issued), ("modified", about.modified)):
        if date:
            yield ox.Triple(DATASET, node(f"dcterms:{name}"), ox.Literal(date, datatype=node("xsd:date")))
    for keyword in KEYWORDS:
        yield ox.Triple(DATASET, node("dcat:keyword"), ox.Literal(keyword, language="en"))
    for source in about.sources:
        yield ox.Triple(DATASET, node("dcterms:source"), ox.NamedNode(source))
    if about.citation:
        yield ox.Triple(DATASET, node("dcterms:bibliographicCitation"), ox.Literal(about.citation))


def _service(publication: Publication) -> Iterator[ox.Triple]:
    service = ox.NamedNode(f"{DATASET.value}#service")
    endpoint = ox.NamedNode(publication.endpoint)
    yield from named(service, "dcat:DataService", "SPARQL endpoint")
    yield ox.Triple(service, node("dcterms:title"), ox.Literal("SPARQL endpoint", language="en"))
    yield ox.Triple(service, node("dcterms:conformsTo"), PROTOCOL)
    yield ox.Triple(service, node("dcat:endpointURL"), endpoint)
    yield ox.Triple(service, node("dcat:endpointDescription"), endpoint)  # an endpoint asked for nothing describes itself
    yield ox.Triple(service, node("dcat:servesDataset"), DATASET)


def _distributions(about: About, publication: Publication) -> Iterable[ox.Triple]:
    for file in publication.files:
        distribution = ox.NamedNode(f"{DATASET.value}#{file.name}")
        address = ox.NamedNode(publication.address(file))
        yield ox.Triple(DATASET, node("dcat:distribution"), distribution)
        yield from named(distribution, "dcat:Distribution", file.name)
        yield ox.Triple(distribution, node("dcterms:title"), ox.Literal(file.title, language="en"))
        yield ox.Triple(distribution, node("dcterms:license"), ox.NamedNode(about.licence))
        yield ox.Triple(distribution, node("dcat:accessURL"), address)
        yield ox.Triple(distribution, node("dcat:downloadURL"), address)
        yield _kind(distribution, file)
        if file.size is not None:
            yield ox.Triple(distribution, node("dcat:byteSize"), ox.Literal(str(file.size), datatype=node("xsd:nonNegativeInteger")))
            checksum = ox.NamedNode(f"{distribution.value}-sha256")
            yield ox.Triple(distribution, node("spdx:checksum"), checksum)
            yield from named(checksum, "spdx:Checksum", f"SHA-256 of {file.name}")
            yield ox.Triple(checksum, node("spdx:algorithm"), node("spdx:checksumAlgorithm_sha256"))
            yield ox.Triple(checksum, node("spdx:checksumValue"), ox.Literal(file.sha256, datatype=node("xsd:hexBinary")))


def _kind(distribution: ox.NamedNode, file: File) -> ox.Triple:
    if file.media_type not in REGISTERED:
        return ox.Triple(distribution, node("dcterms:format"), ox.Literal(file.media_type))
    prop = "dcat:packageFormat" if file.media_type == ARCHIVE else "dcat:mediaType"
    return ox.Triple(distribution, node(prop), ox.NamedNode(IANA + file.media_type))
