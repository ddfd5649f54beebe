"""The curated records as JSON-LD: one object for each, that reads as plain JSON, and as RDF says what the graph says.

The keys are those of ``context.jsonld`` beside this module, published as :data:`CONTEXT`. A document carries the context
within itself: it is small beside the records, and nothing must then be fetched to read them, now or in ten years.
Identifiers of ours are objects with their label; a source, a trial, a comparison and a population are nested in what
refers to them. Counts are numbers; decimals are strings, because a JSON number becomes a binary fraction in most readers,
and another decimal in RDF.

One record is one line of the file. What is held in memory is said in :mod:`kg.export.records`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.export.loss import Losses
from kg.export.records import DOCUMENTS, NAMED_INDIVIDUAL, Record, Records, Value, of_records
from kg.export.source import Source
from kg.files import write_whole
from kg.graph import Graph
from kg.load.columns import Integer, Url
from kg.load.tables import TABLES
from kg.prefixes import NET, PREFIXES, expand
from kg.terms import LABEL, TYPE

CONTEXT = NET + "context.jsonld"
"""Where the context is published."""
TITLE = PREFIXES["dcterms"] + "title"
ADDITIONS = frozenset({TITLE})
"""Properties that the graph does not give its records: a document's label is its title and, to be unique, its key."""

DOCUMENT = tuple(NET + name for name in ("organisation", "issued", "pubmed", "doi", "registration", "webAddress", "supersededBy"))
TRIAL = tuple(NET + name for name in ("acronym", "phase", "registration"))
COMPARISON = tuple(NET + name for name in ("trial", "experimental", "comparator"))
NESTED: dict[str, tuple[str, ...] | None] = {
    NET + "source": DOCUMENT,
    NET + "claimedBy": DOCUMENT,
    NET + "trial": TRIAL,
    NET + "pivotalTrial": TRIAL,
    NET + "comparison": COMPARISON,
    NET + "population": None,
    NET + "alternative": None,
    NET + "criterion": None,
}
"""Property → what is shown of the record it leads to; ``None`` for all."""
HEADER = tuple(map(expand, ("rdf:type", "dcterms:title", "dcterms:description", "dcterms:license", "dcterms:creator", "dcterms:issued", "owl:versionInfo")))
"""What is said of the dataset."""

_WHOLE = {NET + column.prop for table in TABLES for column in table.columns if isinstance(column, Integer)}
_ADDRESSES = {NET + column.prop for table in TABLES for column in table.columns if isinstance(column, Url)}
_XSD = PREFIXES["xsd"]
_INTEGER = re.compile("0|-?[1-9][0-9]{0,14}")
"""A whole number that every reader of JSON takes exactly."""
_KEY = re.compile(r" \[[^\[\]]+\]$")


@dataclass(frozen=True, slots=True)
class Key:
    """What the context says of one key.

    :param coerced: datatype of its values, ``@id`` for identifiers, or nothing
    :param language: of its texts
    :param many: its values are always a list
    """

    name: str
    coerced: str = ""
    language: str = ""
    many: bool = False


INDIVIDUAL = "every record is an individual of OWL"


def jsonld(source: Source, path: Path, losses: Losses) -> None:
    """Write the dataset's description and all records, sorted by IRI."""
    write_whole(path, _lines(source, losses))


def document(graph: Graph, iri: str) -> dict[str, object]:
    """Return one record as a document of its own, with the context; of an unknown IRI, only its name."""
    records = Records(Source(graph))
    return {"@context": context(), **framed(records, records.find(iri))}


@cache
def context() -> dict[str, str | float | dict[str, str]]:
    """Return the published context: key → definition."""
    published: dict[str, dict[str, str | float | dict[str, str]]] = json.loads(Path(__file__).with_name("context.jsonld").read_text(encoding="utf-8"))
    return published["@context"]


def framed(records: Records, record: Record) -> dict[str, object]:
    """Return a record as an object with the keys of the context."""
    return _object(records, record, None)


def key_of(prop: str) -> str:
    """Return the key of a property; its IRI where the context has none."""
    return _key(prop).name


def titled(record: Record) -> str:
    """Return the title of a document: its label without the key behind it."""
    return _KEY.sub("", next((value.value for value in record.values.get(LABEL, ())), ""))


def _lines(source: Source, losses: Losses) -> Iterator[str]:
    records = Records(source)
    yield f'{{"@context":{as_line(context())},"@graph":['
    separator = "\n"
    for item in _items(source, records, losses):
        yield separator + as_line(item)
        separator = ",\n"
    yield "\n]}\n"


def _items(source: Source, records: Records, losses: Losses) -> Iterator[dict[str, object]]:
    about = records.about_dataset()
    if about.values:
        yield _object(records, about, HEADER)
    for record in records:
        yield framed(records, record)
    records.note_left_out(losses)
    _note_individuals(source, losses)


def _note_individuals(source: Source, losses: Losses) -> None:
    found: Counter[str] = Counter()
    for quad in source.quads():
        if quad.predicate.value == TYPE and quad.object == NAMED_INDIVIDUAL and of_records(quad):
            found[str(quad.graph_name)[1:-1]] += 1
    for graph, count in found.items():
        losses.add(graph, f"rdf:type owl:NamedIndividual: {count:,} statements", INDIVIDUAL)


def _object(records: Records, record: Record, props: tuple[str, ...] | None) -> dict[str, object]:
    """Return a record with its name, its classes and some of its properties, or all of them."""
    found: dict[str, object] = {"id": _compact(record.iri)}
    if record.types:
        found["type"] = _one_or_all([_class_key(iri) for iri in record.types])
    label = next(iter(record.values.get(LABEL, ())), None)
    if isinstance(label, ox.Literal) and DOCUMENTS.intersection(record.types):
        found["title"] = _literal(TITLE, _key(TITLE), ox.Literal(titled(record), language=label.language))
    for prop in sorted(record.values, key=lambda iri: (iri != LABEL, _key(iri).name)):
        if prop != TYPE and (props is None or prop in (*props, LABEL)):
            key = _key(prop)
            values = [_value(records, prop, key, value) for value in record.values[prop]]
            found[key.name] = values if key.many else _one_or_all(values)
    return found


def _value(records: Records, prop: str, key: Key, value: Value) -> object:
    if isinstance(value, ox.Literal):
        return _literal(prop, key, value)
    if prop in NESTED:
        return _object(records, records.find(value.value), NESTED[prop])
    if value.value.startswith(NET):
        label = records.label(value.value)
        name: dict[str, object] = {"id": _compact(value.value)}
        return name if label is None else name | {"label": _literal(LABEL, _key(LABEL), label)}
    if key.coerced != "@id":
        return {"id": value.value}
    return value.value if prop in _ADDRESSES else _compact(value.value)


def _literal(prop: str, key: Key, value: ox.Literal) -> object:
    """Return a literal as its key says, or spelt out where it is of another kind."""
    text, datatype = value.value, value.datatype.value
    if value.language:
        return text if value.language == key.language else {"value": text, "language": value.language}
    if key.coerced == datatype:
        if datatype == _XSD + "boolean" and text in {"true", "false"}:
            return text == "true"
        return int(text) if prop in _WHOLE and _INTEGER.fullmatch(text) else text
    if datatype == _XSD + "string" and not key.coerced and not key.language:
        return text
    return {"value": text, "type": _compact(datatype)}


def _one_or_all(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values


def _compact(iri: str) -> str:
    """Return an IRI with a prefix of the context, or whole."""
    for prefix, space in _prefixes():
        if iri.startswith(space) and not iri.startswith("//", len(space)):
            return f"{prefix}:{iri[len(space) :]}"
    return iri


def _class_key(iri: str) -> str:
    return _class_keys().get(iri, iri)


def _key(prop: str) -> Key:
    return _keys().get(prop) or Key(prop)


@cache
def _prefixes() -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in context().items() if isinstance(text, str) and text.startswith("http"))


@cache
def _class_keys() -> dict[str, str]:
    return {_expanded(text): name for name, text in context().items() if isinstance(text, str) and name[0].isupper() and ":" in text}


@cache
def _keys() -> dict[str, Key]:
    keys = {}
    for name, definition in context().items():
        details = definition if isinstance(definition, dict) else {"@id": str(definition)}
        if ":" in details["@id"]:
            coerced = details.get("@type", "")
            datatype = coerced if coerced == "@id" else _expanded(coerced)
            keys[_expanded(details["@id"])] = Key(name, datatype, details.get("@language", ""), details.get("@container") == "@set")
    return keys


def _expanded(name: str) -> str:
    """Return the IRI of a name as the context writes it."""
    prefix, _, local = name.partition(":")
    return dict(_prefixes()).get(prefix, prefix + ":") + local if name else ""


def as_line(item: object) -> str:
    """Return something as JSON without line feeds."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))
