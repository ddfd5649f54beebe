"""Identifiers as people and pages need them: with CURIE, label and an address to go on to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import UnknownTermError
from kg.graph import Graph
from kg.match.place import shown
from kg.prefixes import NET, PREFIXES, compress, expand
from kg.store import Term, select
from kg.terms import LABEL

XSD_STRING = PREFIXES["xsd"] + "string"
Link = dict[str, str | None]
Cell = dict[str, Any]


def local(iri: str) -> str:
    """Return the part of one of our IRIs that follows the namespace."""
    return iri.removeprefix(NET)


def href(iri: str) -> str | None:
    """Return the address of the page of one of our terms, relative to the root of the server; nothing for others."""
    return f"term/{quote(local(iri), safe='/')}" if iri.startswith(NET) and iri != NET else None


def link(iri: str, labels: Mapping[str, str]) -> Link:
    """Return an identifier with CURIE, label (nothing when it has none) and the address of its page."""
    return {"iri": iri, "curie": compress(iri), "label": labels.get(iri), "href": href(iri)}


def by_label(graph: Graph, iris: Iterable[str]) -> list[str]:
    """Return identifiers in the order of their labels."""

    def name(iri: str) -> str:
        return graph.terms.labels.get(iri, iri).casefold()

    return sorted(set(iris), key=name)


def outward(text: str) -> str | None:
    """Return the web address that an identifier such as ``PMID:1`` or an IRI leads to; nothing when none is known."""
    if text.startswith(("http://", "https://")):
        return text
    try:
        return expand(text)
    except ValueError:
        return None


def labels_of(graph: Graph, iris: Iterable[str]) -> dict[str, str]:
    """Return IRI → label for those that have one; of documents without the key behind the title."""
    wanted = set(iris)
    found = {iri: graph.terms.labels[iri] for iri in wanted if iri in graph.terms.labels}
    rest = sorted(iri for iri in wanted - found.keys() if is_iri(iri))
    for start in range(0, len(rest), 500):
        values = " ".join(f"<{iri}>" for iri in rest[start : start + 500])
        for subject, label in select(graph.store, f"SELECT ?s ?l WHERE {{ VALUES ?s {{ {values} }} ?s <{LABEL}> ?l }}"):
            if isinstance(subject, ox.NamedNode) and isinstance(label, ox.Literal):
                found[subject.value] = title(subject.value, label.value)
    return found


def title(iri: str, label: str) -> str:
    """Return the label of a record without the key that makes it unique: beside its link it says nothing."""
    return label.removesuffix(f" [{iri.rpartition('/')[2]}]")


def is_iri(text: str) -> bool:
    """Return whether a text has the form of an absolute IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def cell(term: Term | None, labels: Mapping[str, str]) -> Cell | None:
    """Return an RDF term as a page shows it: kind, value, and for identifiers CURIE, label and address."""
    match term:
        case None:
            return None
        case ox.NamedNode():
            known = {"label": labels.get(term.value), "href": href(term.value) if term.value in labels else None}
            return {"type": "uri", "value": term.value, "curie": compress(term.value)} | {key: value for key, value in known.items() if value}
        case ox.Literal():
            plain = {"type": "literal", "value": term.value}
            if term.language:
                return plain | {"lang": term.language}
            return plain if term.datatype.value == XSD_STRING else plain | {"datatype": term.datatype.value}
        case ox.BlankNode():
            return {"type": "bnode", "value": term.value}
    return {"type": "triple", "value": str(term)}


def named(graph: Graph, name: str) -> str:
    """Return the IRI that a name stands for: a local name, also of a record, a CURIE, an IRI, a label or an exact synonym.

    :raises UnknownTermError: when the graph has nothing of that name; the hint names near ones
    """
    text = name.strip()
    candidates = (text, outward(text), NET + text.removeprefix("net:"))
    for iri in dict.fromkeys(candidates):
        if iri and is_iri(iri) and said_of(graph, iri):
            return iri
    for kind in ("class", "individual", "object property", "data property", "annotation property"):
        try:
            return graph.terms.resolve(text, kind)
        except UnknownTermError:
            continue
    from kg.serve.api.search import called  # which needs the words of this module

    if found := called(graph, compress(text)):
        return found
    raise unknown(graph, text)


def unknown(graph: Graph, text: str) -> UnknownTermError:
    """Return the error that names what somebody may have meant."""
    from kg.serve.api.search import suggestions  # as above

    near = suggestions(graph, text)
    return UnknownTermError(f"no term or record is called {shown(text)}", hint=f"did you mean {'; '.join(near)}?" if near else "")


def said_of(graph: Graph, iri: str) -> bool:
    """Return whether the graph says anything of an identifier, or has a graph of that name."""
    node = str(ox.NamedNode(iri))
    return graph.store.query(f"ASK {{ {{ {node} ?p ?o }} UNION {{ GRAPH {node} {{ ?s ?q ?v }} }} }}") is True
