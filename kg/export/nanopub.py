"""Nanopublications: each curated record as a small publication of its own, unsigned, in one TriG file.

After the nanopublication guidelines (https://nanopub.net/guidelines/working_draft/) each has four graphs. The assertion
is what the source says, with the population it says it for, so that it can be understood alone. The provenance is about
the assertion: the documents it derives from, how far the row was checked, who curated it and when. The publication info
is about the nanopublication: licence, creator, date and version of the release, and the labels of the terms used, in the
place where nanopublication tools keep them (``nt:hasLabelFromApi``). The release is part of the identifier, because a
nanopublication never changes.

A release has a date and no hour: times are its first moment in UTC. Held in memory is one nanopublication, and what
:mod:`kg.export.records` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.export.jsonld import DOCUMENT, NESTED
from kg.export.loss import Losses
from kg.export.rdf import DOCUMENT_PREFIXES
from kg.export.records import DISAGREES, DOCUMENTS, Record, Records, Value
from kg.export.source import Source
from kg.files import write_whole
from kg.graph import NOTICE
from kg.prefixes import NET, PREFIXES, compress, expand
from kg.terms import LABEL, TYPE

NP = "http://www.nanopub.org/nschema#"
NPX = "http://purl.org/nanopub/x/"
NT = "https://w3id.org/np/o/ntemplate/"
USED_PREFIXES = dict(sorted((DOCUMENT_PREFIXES | {"np": NP, "npx": NPX, "nt": NT}).items()))
DCTERMS, PROV, XSD = PREFIXES["dcterms"], PREFIXES["prov"], PREFIXES["xsd"]
VERSION_INFO = expand("owl:versionInfo")

SOURCE = NET + "source"
CHECKED = {NET + name for name in ("source", "readAt", "curation", "curationNote", "rowNumber")}
"""What is said of a row and not of the field: it is about the assertion."""
POPULATION = NET + "Population"
NO_ASSERTIONS = {*DOCUMENTS, POPULATION}
"""Records that say nothing by themselves; they stand in the nanopublications that need them."""

CITING = (SOURCE, NET + "claimedBy", NET + "population")
"""What leads from a record to a document or population that stands in its nanopublication."""

CITED = "a document stands where a record cites it, with what identifies it"
UNUSED = "no record leads to it"
DERIVED = "it follows from two records together"


def nanopub(source: Source, path: Path, losses: Losses) -> None:
    """Write a nanopublication for each record, sorted by IRI."""
    write_whole(path, _parts(source, losses))


def _parts(source: Source, losses: Losses) -> Iterator[bytes]:
    yield _prefixes(USED_PREFIXES)
    records = Records(source)
    about = records.about_dataset()
    for record in records:
        if NO_ASSERTIONS.intersection(record.types):
            _note_unsaid(records, record, losses)
            continue
        for value in record.values.get(DISAGREES, ()):
            losses.add(record.iri, f"net:disagreesWith {value.value}", DERIVED)
        name = f"{NET}nanopub/{source.version}/{record.iri.removeprefix(NET)}"
        own = {"this": name, "sub": f"{name}#"}
        body = ox.serialize(_quads(records, record, about, name, source.version), format=ox.RdfFormat.TRIG, prefixes=USED_PREFIXES | own) or b""
        yield b"\n" + _prefixes(own) + b"".join(line for line in body.splitlines(keepends=True) if not line.startswith(b"@prefix "))
    records.note_left_out(losses)


def _prefixes(prefixes: dict[str, str]) -> bytes:
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items()).encode()


def _note_unsaid(records: Records, record: Record, losses: Losses) -> None:
    """Note what no nanopublication says of a document or population."""
    if not records.is_used(record.iri, CITING):
        losses.add(record.iri, "all that is said of it", UNUSED)
    elif POPULATION not in record.types:
        for prop in record.values.keys() - {TYPE, LABEL, *DOCUMENT}:
            losses.add(record.iri, compress(prop), CITED)


def _quads(records: Records, record: Record, about: Record, iri: str, version: str) -> Iterator[ox.Quad]:
    """Yield the four graphs, each sorted."""
    name = ox.NamedNode(iri)
    head, assertion, provenance, info = (ox.NamedNode(f"{iri}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo"))
    links = [("hasAssertion", assertion), ("hasProvenance", provenance), ("hasPublicationInfo", info)]
    yield from _graph(head, [(name, TYPE, ox.NamedNode(NP + "Nanopublication")), *((name, NP + link, part) for link, part in links)])
    asserted = set(_asserted(records, record))
    yield from _graph(assertion, asserted)
    yield from _graph(provenance, _provenance(records, record, about, assertion))
    yield from _graph(info, [*_info(records, record, about, name, version), *_labels(records, asserted)])


Statement = tuple[ox.NamedNode, str, Value]


def _graph(graph: ox.NamedNode, statements: Iterable[Statement]) -> list[ox.Quad]:
    quads = {ox.Quad(subject, ox.NamedNode(predicate), value, graph) for subject, predicate, value in statements}
    return sorted(quads, key=str)


def _asserted(records: Records, record: Record) -> Iterator[Statement]:
    """Yield what the record says, and what is needed of the records it leads to."""
    return _described(records, record, [prop for prop in record.values if prop not in {*CHECKED, DISAGREES}])


def _described(records: Records, record: Record, props: Iterable[str]) -> Iterator[Statement]:
    for prop in props:
        for value in record.values.get(prop, ()):
            yield ox.NamedNode(record.iri), prop, value
            if prop in NESTED and isinstance(value, ox.NamedNode):
                found, shown = records.find(value.value), NESTED[prop]
                yield from _described(records, found, found.values if shown is None else (TYPE, LABEL, *shown))


def _provenance(records: Records, record: Record, about: Record, assertion: ox.NamedNode) -> Iterator[Statement]:
    yield assertion, DCTERMS + "isPartOf", ox.NamedNode(about.iri)
    for prop in sorted(CHECKED):
        for value in record.values.get(prop, ()):
            yield assertion, prop, value
            if prop == SOURCE:
                yield assertion, PROV + "wasDerivedFrom", value
                yield from _described(records, records.find(value.value), (TYPE, LABEL, *DOCUMENT))
    for value in about.values.get(DCTERMS + "creator", ()):
        yield assertion, DCTERMS + "creator", value
    for moment in _released(about):
        yield assertion, PROV + "generatedAtTime", moment


def _info(records: Records, record: Record, about: Record, name: ox.NamedNode, version: str) -> Iterator[Statement]:
    yield name, LABEL, ox.Literal(records.text(record.iri), language="en")
    yield name, VERSION_INFO, ox.Literal(version)
    yield name, DCTERMS + "description", ox.Literal(NOTICE, language="en")
    yield name, DCTERMS + "isPartOf", ox.NamedNode(about.iri)
    for iri in record.types:
        yield name, NPX + "hasNanopubType", ox.NamedNode(iri)
    for prop in ("license", "creator"):
        for value in about.values.get(DCTERMS + prop, ()):
            yield name, DCTERMS + prop, value
    for moment in _released(about):
        yield name, DCTERMS + "created", moment


def _released(about: Record) -> list[ox.Literal]:
    dates = about.values.get(DCTERMS + "issued", ())
    return [ox.Literal(f"{date.value}T00:00:00Z", datatype=ox.NamedNode(XSD + "dateTime")) for date in dates if isinstance(date, ox.Literal)]


def _labels(records: Records, asserted: set[Statement]) -> Iterator[Statement]:
    """Yield the labels of our terms in the assertion that it does not label itself."""
    labelled = {subject.value for subject, predicate, _ in asserted if predicate == LABEL}
    used = {predicate for _, predicate, _ in asserted} | {value.value for _, _, value in asserted if isinstance(value, ox.NamedNode)}
    for iri in used - labelled:
        if iri.startswith(NET) and (label := records.label(iri)) is not None:
            yield ox.NamedNode(iri), NT + "hasLabelFromApi", label
