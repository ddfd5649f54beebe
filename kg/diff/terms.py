"""The terms of the ontology with all that is said of each, read back from a graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kg.diff.changes import Entry, Value
from kg.prefixes import GRAPH, NET, PREFIXES, compress, expand
from kg.store import Store
from kg.terms import DEFINITION, EQUIVALENT, LABEL, SUBCLASS, SYNONYM_SCOPES, TYPE, Terms

ONTOLOGY = "ontology"
AXIOMS = "axioms"
"""Key of what is said of no single term, such as that some classes are disjoint."""
DEPRECATED = PREFIXES["owl"] + "deprecated"
_OWL, _RDF, _XSD = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["xsd"]
_REPEATED = {PREFIXES["skos"] + "definition"}
"""Properties whose values another property says too."""
_NAMES = {
    LABEL: "label",
    DEFINITION: "definition",
    SUBCLASS: "parents",
    EQUIVALENT: "equivalent to",
    TYPE: "type",
    DEPRECATED: "deprecated",
    expand("IAO:0100001"): "replaced by",
    PREFIXES["rdfs"] + "comment": "comment",
    **{iri: f"{scope} synonym" for iri, scope in SYNONYM_SCOPES.items()},
}
_ORDER = list(_NAMES.values())
_JOINED = {"intersectionOf": " and ", "unionOf": " or ", "oneOf": " or "}
_QUANTIFIED = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value"}
_FACETS = {"minInclusive": "≥", "minExclusive": ">", "maxInclusive": "≤", "maxExclusive": "<"}

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Name = Callable[[str], str]


def read_terms(store: Store, terms: Terms) -> dict[tuple[str, str], Entry]:
    """Return the terms of our own namespace that the ontology in a graph declares, and its general axioms."""
    answer = store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}ontology> {{ ?s ?p ?o }} }}")
    writer = _Writer(answer if isinstance(answer, list) else [], terms)
    found = {(ONTOLOGY, entry.key): entry for entry in writer.terms()}
    general = writer.general()
    if general.cells:
        found[ONTOLOGY, AXIOMS] = general
    return found


class _Writer:
    """Writes axioms much as OWL's Manchester syntax does."""

    def __init__(self, triples: list[ox.Triple], terms: Terms) -> None:
        self._terms = terms
        self._about: dict[Node, list[tuple[str, Node]]] = defaultdict(list)
        for triple in triples:
            self._about[triple.subject].append((triple.predicate.value, triple.object))
        self._inner = {triple.object for triple in triples if isinstance(triple.object, ox.BlankNode)}

    def terms(self) -> Iterator[Entry]:
        """Yield each term with its aspects."""
        notes = self._notes()
        for subject, pairs in self._about.items():
            if not isinstance(subject, ox.NamedNode) or not _is_term(subject.value):
                continue
            cells: dict[str, set[Value]] = defaultdict(set)
            for prop, value in pairs:
                if prop not in _REPEATED:
                    for name, cell in self._aspect(prop, value):
                        cells[name].add(cell)
            for name, cell in notes.get(subject.value, ()):
                cells[name].add(cell)
            deprecated = any(prop == DEPRECATED and isinstance(value, ox.Literal) and value.value == "true" for prop, value in pairs)
            label = self._terms.labels.get(subject.value, compress(subject.value))
            yield Entry(ONTOLOGY, compress(subject.value), label, _ordered(cells), deprecated)

    def general(self) -> Entry:
        """Return what is said of no single term."""
        cells: dict[str, set[Value]] = defaultdict(set)
        for subject, pairs in self._about.items():
            if not isinstance(subject, ox.BlankNode) or subject in self._inner:
                continue
            kind = self._one(subject, TYPE)
            if kind == ox.NamedNode(_OWL + "Axiom"):
                continue
            for prop, value in pairs:
                if isinstance(value, ox.BlankNode) and prop in (_OWL + "members", _OWL + "distinctMembers"):
                    name = "all disjoint" if prop == _OWL + "members" else "all different"
                    cells[name].add(self._value(value, ", "))
                elif prop == SUBCLASS:
                    raw, text = (f"{self._text(subject, name)} ⊑ {self._text(value, name)}" for name in (compress, self._label))
                    cells["general axioms"].add(Value(raw, text))
        return Entry(ONTOLOGY, AXIOMS, "axioms about several terms", _ordered(cells))

    def _notes(self) -> dict[str, list[tuple[str, Value]]]:
        """Return term → annotations of its axioms, such as the source of its definition."""
        found: dict[str, list[tuple[str, Value]]] = defaultdict(list)
        source, about = _OWL + "annotatedSource", _OWL + "annotatedProperty"
        for node, pairs in self._about.items():
            term, prop = self._one(node, source), self._one(node, about)
            if not isinstance(term, ox.NamedNode) or not isinstance(prop, ox.NamedNode) or prop.value in _REPEATED:
                continue
            name = f"source of {_NAMES.get(prop.value) or self._label(prop.value)}"
            for key, value in pairs:
                if not key.startswith(_OWL) and key != TYPE:
                    found[term.value].append((name, self._value(value)))
        return found

    def _aspect(self, prop: str, value: Node) -> Iterator[tuple[str, Value]]:
        name = _NAMES.get(prop) or self._label(prop)
        if prop == TYPE and value == ox.NamedNode(_OWL + "NamedIndividual"):
            return
        yield ("relations" if prop == SUBCLASS and isinstance(value, ox.BlankNode) else name), self._value(value)

    def _value(self, node: Node, between: str = " and ") -> Value:
        raw, text = (self._text(node, name, between) for name in (compress, self._label))
        return Value(f"{node}" if isinstance(node, ox.Literal) else raw, text)

    def _label(self, iri: str) -> str:
        return self._terms.labels.get(iri) or compress(iri)

    def _text(self, node: Node, name: Name, between: str = " and ") -> str:
        if isinstance(node, ox.NamedNode):
            return name(node.value)
        if isinstance(node, ox.Literal):
            return node.value
        if self._one(node, _RDF + "first") is not None:
            return between.join(sorted(self._text(part, name) for part in self._list(node)))
        return self._expression(node, name)

    def _expression(self, node: Node, name: Name) -> str:
        said = {prop.rpartition("#")[2]: value for prop, value in self._about.get(node, ())}
        for key, word in _QUANTIFIED.items():
            if key in said and "onProperty" in said:
                return f"{self._text(said['onProperty'], name)} {word} {self._grouped(said[key], name)}"
        for key, between in _JOINED.items():
            if key in said:
                return between.join(sorted(self._grouped(part, name) for part in self._list(said[key])))
        if "complementOf" in said:
            return f"not {self._grouped(said['complementOf'], name)}"
        if "inverseOf" in said:
            return f"inverse of {self._text(said['inverseOf'], name)}"
        if "withRestrictions" in said:
            return ", ".join(sorted(self._facet(part) for part in self._list(said["withRestrictions"])))
        parts = sorted(f"{key} {self._text(value, name)}" for key, value in said.items() if key != "type")
        return "; ".join(parts)

    def _grouped(self, node: Node, name: Name) -> str:
        text = self._text(node, name)
        return f"({text})" if isinstance(node, ox.BlankNode) else text

    def _facet(self, node: Node) -> str:
        prop, value = next(iter(self._about[node]))
        return f"{_FACETS.get(prop.removeprefix(_XSD), prop)} {self._text(value, compress)}"

    def _list(self, head: Node | None) -> Iterator[Node]:
        while head is not None and head != ox.NamedNode(_RDF + "nil"):
            first = self._one(head, _RDF + "first")
            if first is not None:
                yield first
            head = self._one(head, _RDF + "rest")

    def _one(self, node: Node, prop: str) -> Node | None:
        return next((value for key, value in self._about.get(node, ()) if key == prop), None)


def _is_term(iri: str) -> bool:
    """Say whether an identifier is a term's; those of records, which the full edition of an ontology has too, name their table."""
    return iri.startswith(NET) and "/" not in iri.removeprefix(NET)


def _ordered(cells: dict[str, set[Value]]) -> dict[str, frozenset[Value]]:
    names = sorted(cells, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return {name: frozenset(cells[name]) for name in names}
