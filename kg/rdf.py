"""Small helpers over RDF terms."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

import pyoxigraph as ox

Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def reachable(start: str, step: Mapping[str, Collection[str]]) -> set[str]:
    """Return what can be reached from ``start`` in one step or more."""
    found: set[str] = set()
    stack = [start]
    while stack:
        for following in step.get(stack.pop(), ()):
            if following not in found:
                found.add(following)
                stack.append(following)
    return found


def stable_blank_nodes(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return the triples with blank nodes named after what they say and where they hang, so that two readings agree.

    In OWL the blank nodes form trees. A node is named by a hash of its own tree and of the way to it from a named
    subject, so that one changed axiom changes the names of its own nodes only. Of equal trees at the same place, the
    later get a number.
    """
    triples = list(triples)
    names = _Names(triples)
    return [ox.Triple(names.renamed(triple.subject), triple.predicate, names.renamed(triple.object)) for triple in triples]  # type: ignore[arg-type] # a subject stays one


class _Names:
    """Gives each blank node its name, once."""

    def __init__(self, triples: list[ox.Triple]) -> None:
        self._about: dict[str, list[ox.Triple]] = defaultdict(list)
        self._above: dict[str, ox.Triple] = {}
        for triple in triples:
            if isinstance(triple.subject, ox.BlankNode):
                self._about[triple.subject.value].append(triple)
            if isinstance(triple.object, ox.BlankNode):
                self._above[triple.object.value] = triple
        self._digests: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._used: Counter[str] = Counter()

    def renamed(self, node: Object) -> Object:
        """Return a node under its name; others than blank nodes stay as they are."""
        return ox.BlankNode(self._name(node)) if isinstance(node, ox.BlankNode) else node

    def _digest(self, node: Object) -> str:
        if not isinstance(node, ox.BlankNode):
            return str(node)
        if node.value not in self._digests:
            self._digests[node.value] = ""  # a cycle, which OWL does not have, ends here
            parts = sorted(f"{triple.predicate} {self._digest(triple.object)}" for triple in self._about[node.value])
            self._digests[node.value] = _hash("\n".join(parts))
        return self._digests[node.value]

    def _name(self, node: Object) -> str:
        if not isinstance(node, ox.BlankNode):
            return str(node)
        if node.value not in self._names:
            self._names[node.value] = ""  # the same
            way = self._above.get(node.value)
            place = f"{self._name(way.subject)} {way.predicate}" if way else ""
            candidate = f"b{_hash(f'{place} {self._digest(node)}')}"
            self._used[candidate] += 1
            again = self._used[candidate]
            self._names[node.value] = candidate if again == 1 else f"{candidate}x{again}"
        return self._names[node.value]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
