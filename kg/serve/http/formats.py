"""The one table of formats that answers and graphs are written and read in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import pyoxigraph as ox

Engine = TypeVar("Engine", bound=ox.QueryResultsFormat | ox.RdfFormat)


@dataclass(frozen=True, slots=True)
class Format(Generic[Engine]):
    """A format of rows and truth values, or of a graph.

    :param key: its name in our code, in addresses and in messages
    :param media_types: what clients call it; the first is what we call it
    :param suffix: of files and addresses, without the dot
    :param engine: what pyoxigraph calls it
    :param names: further names that ``?format=`` understands
    """

    key: str
    media_types: tuple[str, ...]
    suffix: str
    engine: Engine
    names: tuple[str, ...] = ()


RESULTS: Mapping[str, Format[ox.QueryResultsFormat]] = {
    form.key: form
    for form in (
        Format("json", ("application/sparql-results+json", "application/json", "text/json"), "srj", ox.QueryResultsFormat.JSON),
        Format("xml", ("application/sparql-results+xml", "application/xml", "text/xml"), "srx", ox.QueryResultsFormat.XML),
        Format("csv", ("text/csv",), "csv", ox.QueryResultsFormat.CSV),
        Format("tsv", ("text/tab-separated-values", "text/tsv"), "tsv", ox.QueryResultsFormat.TSV),
    )
}
"""Formats of rows and truth values by key, the one we like best first."""

GRAPHS: Mapping[str, Format[ox.RdfFormat]] = {
    form.key: form
    for form in (
        Format("turtle", ("text/turtle", "application/turtle", "application/x-turtle"), "ttl", ox.RdfFormat.TURTLE),
        Format("ntriples", ("application/n-triples",), "nt", ox.RdfFormat.N_TRIPLES, ("n-triples",)),
        Format("nquads", ("application/n-quads",), "nq", ox.RdfFormat.N_QUADS, ("n-quads",)),
        Format("trig", ("application/trig", "application/x-trig"), "trig", ox.RdfFormat.TRIG),
        Format("rdfxml", ("application/rdf+xml", "application/xml", "text/xml"), "rdf", ox.RdfFormat.RDF_XML, ("xml", "rdf+xml", "owl")),
        Format("jsonld", ("application/ld+json", "application/json", "text/json"), "jsonld", ox.RdfFormat.JSON_LD, ("json", "json-ld")),
        Format("n3", ("text/n3", "text/rdf+n3"), "n3", ox.RdfFormat.N3),
    )
}
"""Formats of graphs by key, the one we like best first."""

PAGE = "html"
"""What ``?format=`` calls the page."""
PAGE_TYPES = ("text/html", "application/xhtml+xml")


def with_charset(media_type: str) -> str:
    """Return a media type as it stands in an answer: text says that it is UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def named(wanted: str, formats: Mapping[str, Format[Engine]]) -> str | None:
    """Return the key of the format that somebody asks for by key, suffix, other name or media type."""
    wanted = wanted.lower()
    for form in formats.values():
        if wanted in (form.key, form.suffix, *form.names, *form.media_types):
            return form.key
    return None


def offers(formats: Iterable[Format[Engine]]) -> list[str]:
    """Return the media types that are offered, for messages."""
    return [form.media_types[0] for form in formats]
