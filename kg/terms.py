"""The ontology as an index: names, labels, synonyms, hierarchy, closed lists, features."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

import pyoxigraph as ox

from kg.errors import OntologyError, UnknownTermError
from kg.model.feature import Feature, FeatureKind
from kg.prefixes import NET, PREFIXES, expand
from kg.rdf import reachable

RDF, RDFS, OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
TYPE = RDF + "type"
SUBCLASS = RDFS + "subClassOf"
LABEL = RDFS + "label"
EQUIVALENT = OWL + "equivalentClass"
DEFINITION = expand("IAO:0000115")
SYNONYM_SCOPES = {expand(f"oboInOwl:has{scope}Synonym"): scope.lower() for scope in ("Exact", "Broad", "Narrow", "Related")}
CODE = NET + "code"
_LIST_NAME = re.compile(r" \([a-z ]+\)$")

KINDS = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "object property",
    OWL + "DatatypeProperty": "data property",
    OWL + "AnnotationProperty": "annotation property",
    OWL + "NamedIndividual": "individual",
}


def read_rdf(path: Path) -> list[ox.Triple]:
    """Return the triples of an RDF file.

    :raises OntologyError: when the file is missing, truncated or malformed
    """
    try:
        data = path.read_bytes()
        if path.suffix == ".owl":
            expat.ParserCreate().Parse(data, True)  # the RDF parser takes a file that ends early for a complete one
        return [quad.triple for quad in ox.parse(data, format=_format(path), base_iri=NET)]
    except OSError as error:
        raise OntologyError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (SyntaxError, ValueError, expat.ExpatError) as error:
        line = getattr(error, "lineno", None)
        where = f"{path}:{line}" if line else str(path)
        raise OntologyError(f"is not well formed: {error}", where=where, hint="restore the file from version control") from error


def _format(path: Path) -> ox.RdfFormat:
    return ox.RdfFormat.RDF_XML if path.suffix == ".owl" else ox.RdfFormat.TURTLE


@dataclass(slots=True)
class Terms:
    """Index over the triples of the ontology; all keys and values are full IRIs."""

    kinds: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=dict)
    children: dict[str, set[str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    features: dict[str, Feature] = field(default_factory=dict)
    deprecated: set[str] = field(default_factory=set)
    _names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Terms:
        """Return the index of the ontology file at ``path``.

        :raises OntologyError: when it cannot be read
        """
        return cls.from_triples(read_rdf(path))

    @classmethod
    def from_triples(cls, triples: Iterable[ox.Triple]) -> Terms:
        """Return the index of some triples of an ontology."""
        return _Builder(triples).build()

    def learn(self, superclasses: Iterable[tuple[str, str]]) -> None:
        """Add (class, superclass) pairs that a reasoner found to the hierarchy."""
        for child, parent in superclasses:
            self.parents.setdefault(child, set()).add(parent)
            self.children.setdefault(parent, set()).add(child)

    def classes(self) -> Iterator[str]:
        """Yield the classes of our own namespace that are in use."""
        return (iri for iri, kind in self.kinds.items() if kind == "class" and iri.startswith(NET) and iri not in self.deprecated)

    def ancestors(self, iri: str) -> set[str]:
        """Return the class itself and all classes above it."""
        return {iri, *reachable(iri, self.parents)}

    def descendants(self, iri: str) -> set[str]:
        """Return the class itself and all classes below it."""
        return {iri, *reachable(iri, self.children)}

    def resolve(self, text: str, kind: str = "class") -> str:
        """Return the IRI of a term that is given by local name, CURIE, IRI, label or exact synonym.

        :raises UnknownTermError: when there is none of that kind; the hint names near ones
        """
        candidates = [NET + text, text]
        if ":" in text:
            prefix, _, local = text.partition(":")
            if prefix in PREFIXES:
                candidates.append(PREFIXES[prefix] + local)
        candidates.append(self._names.get(text.casefold(), ""))
        for iri in candidates:
            if self.kinds.get(iri) == kind:
                if iri in self.deprecated:
                    raise UnknownTermError(f"{text!r} is deprecated")
                return iri
        near = difflib.get_close_matches(text.casefold(), self._near(kind), n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else "search with: netkg show WORD"
        raise UnknownTermError(f"no {kind} is called {text!r}", hint=hint)

    def search(self, text: str, limit: int = 10) -> list[str]:
        """Return terms whose label or synonym contains ``text``, best first."""
        needle = text.casefold()
        hits = {(not name.startswith(needle), len(name), iri) for name, iri in self._names.items() if needle in name}
        return list(dict.fromkeys(iri for _, _, iri in sorted(hits)))[:limit]

    def choices(self, cls: str) -> dict[str, str]:
        """Return code → individual of the closed list ``cls`` (a local name)."""
        return self.codes.get(NET + cls, {})

    def _near(self, kind: str) -> list[str]:
        return [name for name, iri in self._names.items() if self.kinds.get(iri) == kind]


def plain_label(label: str) -> str:
    """Return the label of a value without the name of its list behind it: ``per cent (unit)``. Beside its column that is said already."""
    return _LIST_NAME.sub("", label)


class _Builder:
    """Collects the triples by subject, then reads off what the index needs."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.by_subject: dict[str, list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]] = defaultdict(list)
        for triple in triples:
            if isinstance(triple.object, ox.Triple):
                continue
            self.by_subject[_text(triple.subject)].append((triple.predicate.value, triple.object))
        self.terms = Terms()

    def build(self) -> Terms:
        for subject, pairs in self.by_subject.items():
            if not subject.startswith("_:"):
                self._names(subject, pairs)
        for subject, pairs in self.by_subject.items():
            if self.terms.kinds.get(subject) == "class":
                self._hierarchy(subject, pairs)
        for child, parents in self.terms.parents.items():
            for parent in parents:
                self.terms.children.setdefault(parent, set()).add(child)
        self._closed_lists()
        self._features()
        return self.terms

    def _names(self, subject: str, pairs: list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]) -> None:
        terms = self.terms
        by_predicate: dict[str, list[str]] = defaultdict(list)
        for predicate, value in pairs:
            by_predicate[predicate].append(_text(value))
        for kind in by_predicate[TYPE]:
            if kind in KINDS:
                terms.kinds[subject] = KINDS[kind]
        if by_predicate[OWL + "deprecated"] == ["true"]:
            terms.deprecated.add(subject)
        for predicate, index in ((LABEL, terms.labels), (DEFINITION, terms.definitions)):
            if by_predicate[predicate]:
                index[subject] = by_predicate[predicate][0]
        synonyms = {scope: sorted(by_predicate[predicate]) for predicate, scope in SYNONYM_SCOPES.items() if by_predicate[predicate]}
        if synonyms:
            terms.synonyms[subject] = synonyms
        for name in synonyms.get("exact", []):
            terms._names.setdefault(name.casefold(), subject)
        if subject in terms.labels:
            terms._names[terms.labels[subject].casefold()] = subject

    def _hierarchy(self, subject: str, pairs: list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]) -> None:
        parents = self.terms.parents.setdefault(subject, set())
        for predicate, value in pairs:
            if predicate == SUBCLASS and isinstance(value, ox.NamedNode):
                parents.add(value.value)
            elif predicate == EQUIVALENT:
                node = _text(value)
                parents.update(iri for iri in self._list(node, OWL + "intersectionOf") if not iri.startswith("_:"))
                for member in self._list(node, OWL + "unionOf"):
                    if not member.startswith("_:"):
                        self.terms.parents.setdefault(member, set()).add(subject)

    def _list(self, node: str, predicate: str) -> Iterator[str]:
        head = self._one(node, predicate)
        while head and head != RDF + "nil":
            first = self._one(head, RDF + "first")
            if first:
                yield first
            head = self._one(head, RDF + "rest")

    def _one(self, subject: str, predicate: str) -> str:
        return next((_text(value) for key, value in self.by_subject.get(subject, ()) if key == predicate), "")

    def _closed_lists(self) -> None:
        for subject, pairs in sorted(self.by_subject.items()):
            code = self._one(subject, CODE)
            if not code:
                continue
            for predicate, value in pairs:
                if predicate == TYPE and _text(value).startswith(NET):
                    self.terms.codes.setdefault(_text(value), {})[code] = subject

    def _features(self) -> None:
        found = []
        for subject in self.by_subject:
            key = self._one(subject, NET + "featureKey")
            if not key:
                continue
            target = self._one(subject, RDFS + "range")
            low, high = self._one(subject, NET + "lowestValue"), self._one(subject, NET + "highestValue")
            found.append(
                Feature(
                    key=key,
                    prop=subject,
                    label=self.terms.labels.get(subject, key),
                    kind=FeatureKind(self._one(subject, NET + "featureKind")),
                    range=target,
                    unit=self._one(subject, NET + "featureUnit"),
                    low=Decimal(low) if low else None,
                    high=Decimal(high) if high else None,
                    order=int(self._one(subject, NET + "featureOrder")),
                )
            )
        for feature in sorted(found, key=lambda item: item.order):
            self.terms.features[feature.key] = feature


def _text(node: object) -> str:
    if isinstance(node, ox.BlankNode):
        return f"_:{node.value}"
    if isinstance(node, ox.NamedNode | ox.Literal):
        return node.value
    raise TypeError(f"unexpected node {node!r}")
