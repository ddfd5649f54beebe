"""Small helpers over RDF terms."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

Subject = ox.NamedNode | ox.BlankNode
Object = ox.NamedNode | ox.BlankNode | ox.Literal


def stable_blank_nodes(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return the triples with blank nodes named after what they say, so that two readings agree.

    In OWL the blank nodes form trees. A node is named by a hash of its tree; of equal trees, the later
    get a number. One changed axiom so changes the names of its own nodes only.
    """
    triples = list(triples)
    about: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode):
            about[triple.subject.value].append(triple)
    digests: dict[str, str] = {}

    def digest(node: object) -> str:
        if not isinstance(node, ox.BlankNode):
            return str(node)
        if node.value not in digests:
            digests[node.value] = ""  # a cycle, which OWL does not have, ends here
            parts = sorted(f"{triple.predicate} {digest(triple.object)}" for triple in about[node.value])
            digests[node.value] = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
        return digests[node.value]

    names: dict[str, ox.BlankNode] = {}
    used: dict[str, int] = defaultdict(int)

    def rename(node: Object) -> Object:
        if not isinstance(node, ox.BlankNode):
            return node
        if node.value not in names:
            name = digest(node)
            used[name] += 1
            names[node.value] = ox.BlankNode(f"b{name}" + (f"x{used[name]}" if used[name] > 1 else ""))
        return names[node.value]

    return [ox.Triple(rename(triple.subject), triple.predicate, rename(triple.object)) for triple in triples]  # type: ignore[arg-type]
