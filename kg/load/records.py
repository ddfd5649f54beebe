"""Rows → triples: the one place that says how a cell looks in the graph."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pyoxigraph as ox

from kg.load.columns import Accession, Choice, Column, PartialDate, RecordRef, Reference, TermRef, Url
from kg.load.reader import Row, Value, record_iri
from kg.load.tables import BY_NAME, DOCUMENT_KINDS
from kg.model.interval import plain
from kg.model.population import Population
from kg.prefixes import NET, PREFIXES

RDF_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
RDFS_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
NAMED_INDIVIDUAL = ox.NamedNode(PREFIXES["owl"] + "NamedIndividual")
XSD = PREFIXES["xsd"]
DECIMAL = ox.NamedNode(XSD + "decimal")
BOOLEAN = ox.NamedNode(XSD + "boolean")
DATES = {4: ox.NamedNode(XSD + "gYear"), 7: ox.NamedNode(XSD + "gYearMonth"), 10: ox.NamedNode(XSD + "date")}
ABOUT = ox.NamedNode(NET + "about")


def triples(row: Row) -> Iterator[ox.Triple]:
    """Yield the triples of one row, in the order of its columns."""
    subject = ox.NamedNode(row.iri)
    cls = DOCUMENT_KINDS[row.cells["kind"]] if row.table.kind_column else row.table.cls
    yield ox.Triple(subject, RDF_TYPE, NAMED_INDIVIDUAL)
    yield ox.Triple(subject, RDF_TYPE, ox.NamedNode(NET + cls))
    yield ox.Triple(subject, RDFS_LABEL, ox.Literal(row.table.label.format(**row.cells), language="en"))
    yield ox.Triple(subject, ox.NamedNode(NET + "rowNumber"), ox.Literal(str(row.line)))
    for column in row.table.columns:
        if not column.prop:
            continue
        prop = ox.NamedNode(NET + column.prop)
        for value in row.values.get(column.name, ()):
            yield ox.Triple(subject, prop, node(column, value))
            if isinstance(column, TermRef):
                yield ox.Triple(subject, ABOUT, ox.NamedNode(str(value)))


def node(column: Column, value: Value) -> ox.NamedNode | ox.Literal:
    """Return the RDF term of one value."""
    if isinstance(value, bool):
        return ox.Literal("true" if value else "false", datatype=BOOLEAN)
    if isinstance(value, Decimal | int):
        return ox.Literal(plain(Decimal(value)), datatype=DECIMAL)
    if isinstance(value, Population):
        return ox.NamedNode(population_iri(value))
    match column:
        case Reference():
            return ox.NamedNode(record_iri(BY_NAME[column.table], value))
        case RecordRef():
            table, _, key = value.partition(":")
            return ox.NamedNode(record_iri(BY_NAME[table], key))
        case TermRef() | Choice() | Url():
            return ox.NamedNode(value)
        case Accession():
            return ox.NamedNode(PREFIXES[column.prefix] + value)
        case PartialDate():
            return ox.Literal(value, datatype=DATES[len(value)])
    return ox.Literal(value)


def population_iri(population: Population) -> str:
    """Return the IRI of the description of a population."""
    return f"{NET}population/{population.id}"
