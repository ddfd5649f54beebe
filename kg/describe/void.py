"""Statistics of the graph in VoID: for the whole dataset and for each named graph, that of the statistics included."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from urllib.parse import quote

import pyoxigraph as ox

from kg.describe.triples import named, node, number
from kg.prefixes import GRAPH, NET, ONTOLOGY_IRI, PREFIXES, compress

VOID_GRAPH = GRAPH + "void"
DATASET = ox.NamedNode(NET + "dataset")

_TYPE = node("rdf:type")
_OBO = "http://purl.obolibrary.org/obo/"
_WHOLE = ""
"""The scope of all statements; other scopes are names of graphs."""
_ROUNDS = 12
"""The statistics count themselves; their numbers settle after four rounds or so."""

Kinds = frozenset[str]
"""The classes of a subject or an object."""
_NO_KIND: Kinds = frozenset()

Statement = ox.Quad | ox.Triple


@dataclass(frozen=True, slots=True)
class _Tally:
    """What a pass over the statements of one scope finds.

    :param patterns: classes of the subject, property, classes of the object or its datatype → number of triples
    :param subjects: subject → its classes
    """

    patterns: Counter[tuple[Kinds, ox.NamedNode, Kinds | ox.NamedNode]]
    subjects: dict[object, Kinds]
    objects: set[object]

    def __or__(self, other: _Tally) -> _Tally:
        return _Tally(self.patterns + other.patterns, self.subjects | other.subjects, self.objects | other.objects)


def describe(statements: Iterable[ox.Quad]) -> list[ox.Triple]:
    """Return the statistics of a dataset that will hold them too, in the graph :data:`VOID_GRAPH`.

    Classes of a subject are those that the scope itself says; classes of an object are looked up in all graphs, because
    graphs point to each other. So the description of a named graph holds for ``GRAPH``, and that of the dataset for
    queries over the union of all graphs.

    :param statements: all statements but the statistics, each in one graph only
    """
    graphs: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in statements:
        graphs[quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else _WHOLE].append(quad)
    types = _types(chain.from_iterable(graphs.values()))
    whole = _Tally(Counter(), {}, set())
    settled: list[ox.Triple] = list(_linksets(chain.from_iterable(graphs.values())))
    for graph, quads in sorted(graphs.items()):
        tally, everywhere = _tallies(quads, types)
        if graph != _WHOLE:
            settled += _described(graph, tally)
        whole.patterns.update(everywhere.patterns)
        whole.subjects.update(everywhere.subjects)
        whole.objects.update(everywhere.objects)
    types |= _types(settled)
    tally, everywhere = _tallies(settled, types)
    # What remains depends on itself: the numbers of the whole, and those of the statistics.
    found: list[ox.Triple] = []
    for _ in range(_ROUNDS):
        more, more_everywhere = _tallies(found, types)
        again = [*_described(_WHOLE, whole | everywhere | more_everywhere), *_described(VOID_GRAPH, tally | more)]
        if again == found:
            break
        found = again
    return settled + found


def _types(statements: Iterable[Statement]) -> dict[object, Kinds]:
    """Return subject → its classes; equal sets are one object."""
    found: dict[object, set[str]] = defaultdict(set)
    for statement in statements:
        if statement.predicate == _TYPE and isinstance(value := statement.object, ox.NamedNode):
            found[statement.subject].add(value.value)
    kept: dict[Kinds, Kinds] = {}
    return {subject: kept.setdefault(kinds := frozenset(classes), kinds) for subject, classes in found.items()}


def _tallies(statements: Collection[Statement], types: Mapping[object, Kinds]) -> tuple[_Tally, _Tally]:
    """Return what is found in a graph, with the classes that it gives its subjects, and with all their classes."""
    own = _types(statements)
    patterns: Counter[tuple[Kinds, Kinds, ox.NamedNode, Kinds | ox.NamedNode]] = Counter()
    subjects: dict[object, Kinds] = {}
    objects: set[object] = set()
    for statement in statements:
        subject, value = statement.subject, statement.object
        subjects[subject] = kinds = types.get(subject, _NO_KIND)
        objects.add(value)
        filler = value.datatype if isinstance(value, ox.Literal) else types.get(value, _NO_KIND)
        patterns[own.get(subject, _NO_KIND), kinds, statement.predicate, filler] += 1
    here, everywhere = _Tally(Counter(), {subject: own.get(subject, _NO_KIND) for subject in subjects}, objects), _Tally(Counter(), subjects, objects)
    for (kinds, all_kinds, predicate, filler), count in patterns.items():
        here.patterns[kinds, predicate, filler] += count
        everywhere.patterns[all_kinds, predicate, filler] += count
    return here, everywhere


def _described(scope: str, tally: _Tally) -> Iterator[ox.Triple]:
    """Yield the description of the whole dataset or of one named graph."""
    dataset = ox.NamedNode(scope) if scope else DATASET
    if scope:
        yield ox.Triple(DATASET, node("void:subset"), dataset)
    properties: Counter[str] = Counter()
    for (_, predicate, _), count in tally.patterns.items():
        properties[predicate.value] += count
    yield number(dataset, "void:triples", tally.patterns.total())
    yield number(dataset, "void:classes", len(frozenset().union(*tally.subjects.values())))
    yield number(dataset, "void:properties", len(properties))
    yield number(dataset, "void:distinctSubjects", len(tally.subjects))
    yield number(dataset, "void:distinctObjects", len(tally.objects))
    for vocabulary in sorted({_vocabulary(iri) for iri in properties}):
        yield ox.Triple(dataset, node("void:vocabulary"), ox.NamedNode(vocabulary))
    name = name_of(scope) if scope else "dataset"
    for iri, count in sorted(properties.items()):
        yield from _part(dataset, "propertyPartition", (name, "property", iri), "property", iri, count)
    yield from _class_partitions(dataset, name, tally)


def _class_partitions(dataset: ox.NamedNode, name: str, tally: _Tally) -> Iterator[ox.Triple]:
    members: Counter[str] = Counter()
    for kinds, count in Counter(tally.subjects.values()).items():
        for kind in kinds:
            members[kind] += count
    about: Counter[str] = Counter()
    properties: dict[str, Counter[str]] = defaultdict(Counter)
    fillers: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for (kinds, linking, filler), count in tally.patterns.items():
        for kind in kinds:
            about[kind] += count
            properties[kind][linking.value] += count
            for value in [("datatype", filler.value)] if isinstance(filler, ox.NamedNode) else [("class", found) for found in filler]:
                fillers[kind, linking.value][value] += count
    for kind in sorted(members):
        part = (name, "class", kind)
        yield from _part(dataset, "classPartition", part, "class", kind, about[kind])
        yield number(_node(part), "void:entities", members[kind])
        for predicate, count in sorted(properties[kind].items()):
            inner = (*part, "property", predicate)
            yield from _part(_node(part), "propertyPartition", inner, "property", predicate, count)
            for (what, iri), having in sorted(fillers[kind, predicate].items()):
                yield from _part(_node(inner), f"{what}Partition", (*inner, what, iri), what, iri, having)


def _part(above: ox.NamedNode, link: str, path: tuple[str, ...], what: str, iri: str, count: int) -> Iterator[ox.Triple]:
    """Yield a partition: its link, its label, what it is about, and its number of triples."""
    part = _node(path)
    vocabulary = "void-ext" if what == "datatype" else "void"
    yield ox.Triple(above, node(f"{vocabulary}:{link}"), part)
    yield ox.Triple(part, node("rdfs:label"), ox.Literal(_title(path), language="en"))
    yield ox.Triple(part, node(f"{vocabulary}:{what}"), ox.NamedNode(iri))
    yield number(part, "void:triples", count)


def _linksets(statements: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Yield the links to each vocabulary that terms are mapped to, one set for each kind of mapping."""
    counts: Counter[tuple[str, str]] = Counter()
    for quad in statements:
        if quad.predicate.value.startswith(PREFIXES["skos"]) and quad.predicate.value.endswith("Match") and isinstance(quad.object, ox.NamedNode):
            prefix, colon, _ = compress(quad.object.value).partition(":")
            if colon and prefix in PREFIXES:
                counts[prefix, quad.predicate.value] += 1
    for prefix in sorted({prefix for prefix, _ in counts}):
        vocabulary = _node(("vocabulary", prefix))
        yield from named(vocabulary, "void:Dataset", f"vocabulary {prefix}")
        yield ox.Triple(vocabulary, node("void:uriSpace"), ox.Literal(PREFIXES[prefix]))
    for (prefix, predicate), count in sorted(counts.items()):
        kind = predicate.removeprefix(PREFIXES["skos"])
        links = _node(("linkset", prefix, kind))
        yield ox.Triple(DATASET, node("void:subset"), links)
        yield from named(links, "void:Linkset", f"links to {prefix}, skos:{kind}")
        yield ox.Triple(links, node("void:linkPredicate"), ox.NamedNode(predicate))
        yield ox.Triple(links, node("void:subjectsTarget"), DATASET)
        yield ox.Triple(links, node("void:objectsTarget"), _node(("vocabulary", prefix)))
        yield number(links, "void:triples", count)


@cache
def name_of(iri: str) -> str:
    """Return a readable name of an IRI that can be part of another.

    >>> name_of("https://w3id.org/net-kg/graph/data/trials"), name_of("http://www.w3.org/2002/07/owl#Class")
    ('data/trials', 'owl-Class')
    """
    if iri.startswith(NET):
        return iri.removeprefix(GRAPH).removeprefix(NET)
    curie = compress(iri)
    return quote(iri, safe="") if curie == iri else curie.replace(":", "-")


@cache
def _vocabulary(iri: str) -> str:
    """Return the vocabulary that a property comes from: ours, the file of an OBO ontology, or the namespace."""
    if iri.startswith(NET):
        return ONTOLOGY_IRI
    if iri.startswith(_OBO) and "_" in iri:
        return _OBO + iri.removeprefix(_OBO).partition("_")[0].lower() + ".owl"
    return iri[: max(iri.rfind("#"), iri.rfind("/"), iri.find(":")) + 1]


@cache
def _curie(iri: str) -> str:
    return compress(iri)


@cache
def _title(path: tuple[str, ...]) -> str:
    return f"{path[0]}: " + ", ".join(f"{step} {_curie(iri)}" for step, iri in zip(path[1::2], path[2::2], strict=True))


@cache
def _node(path: tuple[str, ...]) -> ox.NamedNode:
    return ox.NamedNode(NET + "void/" + "/".join(name_of(step) if ":" in step else step for step in path))
