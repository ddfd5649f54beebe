"""Statements and evidence against ``ontology/shapes.ttl``, by the SHACL engine of Rudof."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pyoxigraph as ox

from kg.check.rules import Finding
from kg.prefixes import GRAPH, NET, PREFIXES, compress
from kg.rdf import Object
from kg.terms import SUBCLASS, TYPE, read_rdf

SHAPES = "shapes.ttl"
"""Beside the ontology."""
_TABLES = tuple(GRAPH + "data/" + name for name in ("documents", "trials", "comparisons", "evidence", "recommendations", "approvals", "claims"))
_MESSAGE = ox.NamedNode(PREFIXES["sh"] + "message")
_PROPERTY = ox.NamedNode(PREFIXES["sh"] + "property")
_TYPED, _BELOW = ox.NamedNode(TYPE), ox.NamedNode(SUBCLASS)


def can_check_shapes() -> bool:
    """Return whether the engine is installed."""
    return find_spec("pyrudof") is not None


def concerned(statements: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Yield what the shapes look at: the rows of statements and evidence, types, and the hierarchy of named classes.

    The other tables, the inside of populations and the axioms would take ten times as long, and no shape asks about them.
    """
    for quad in statements:
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        named = isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
        vocabulary = graph in (GRAPH + "ontology", GRAPH + "inferred")
        row = graph in _TABLES
        typed = quad.predicate == _TYPED and str(quad.object).startswith(f"<{NET}")
        if row or (named and (typed or (vocabulary and quad.predicate == _BELOW))):
            yield quad.triple


def misshapen(triples: Iterable[ox.Triple], shapes: Path) -> Iterator[Finding]:
    """Yield what does not fit the shapes, sorted: the message of the shape, the property, and what stands there.

    :raises ImportError: when pyrudof is not installed
    :raises OntologyError: when the file of shapes is missing or malformed
    """
    import pyrudof

    read = read_rdf(shapes)
    # The engine names a property shape in its report only when it has a name, and repeats its message for some constraints only.
    names: dict[Object, ox.NamedNode] = {
        triple.object: ox.NamedNode(f"urn:shape:{triple.object.value}")
        for triple in read
        if triple.predicate == _PROPERTY and isinstance(triple.object, ox.BlankNode)
    }
    named = [ox.Triple(names.get(one.subject, one.subject), one.predicate, names.get(one.object, one.object)) for one in read]
    messages = {str(triple.subject): triple.object.value for triple in named if triple.predicate == _MESSAGE and isinstance(triple.object, ox.Literal)}
    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    engine.read_data(_text(set(triples)), format=pyrudof.RDFFormat.NTriples)
    engine.read_shacl(_text(named), format=pyrudof.ShaclFormat.NTriples)
    found = set()
    for entry in engine.validate_shacl().violations:
        message = messages.get(f"<{entry.source_shape}>", entry.message or "")
        stands = f" (stands there: {compress(entry.value)})" if entry.value and not entry.value.startswith("_:") else ""
        found.add(Finding("shape", "ERROR", compress(entry.focus_node), f"{message} [{compress(entry.path or '')}]{stands}"))
    yield from sorted(found, key=str)


def _text(triples: Iterable[ox.Triple]) -> str:
    written = io.BytesIO()
    ox.serialize(triples, written, format=ox.RdfFormat.N_TRIPLES)
    return written.getvalue().decode()
