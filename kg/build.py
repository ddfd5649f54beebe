"""Make the graph: ontology, reasoner, tables, store; all or nothing."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
from filelock import FileLock, Timeout

from kg.describe.examples import EXAMPLES_GRAPH, examples
from kg.describe.header import HEADER_GRAPH, header
from kg.describe.prefixes import PREFIXES_GRAPH, prefix_declarations
from kg.describe.void import VOID_GRAPH, describe
from kg.errors import NetKGError, OntologyError, StoreError
from kg.load.load import POPULATION_CLASSES, Loaded, data_graph, descriptions, load, quads
from kg.load.mappings import MAPPINGS
from kg.load.populations import class_iri
from kg.load.tables import TABLES
from kg.match import relations
from kg.match.logic import Logic
from kg.prefixes import GRAPH, NET
from kg.query.catalogue import StoredQuery, read_query
from kg.rdf import reachable, stable_blank_nodes
from kg.reason.edges import direct_edges
from kg.reason.hermit import Classification, classify, is_consistent, satisfiability
from kg.reason.module import reasoning_module
from kg.settings import Sources
from kg.store.local import GENERATION, LOCK, POINTER, read_pointer
from kg.terms import EQUIVALENT, SUBCLASS, TYPE, Terms, read_rdf

SUBCLASS_NODE = ox.NamedNode(SUBCLASS)
EQUIVALENT_NODE = ox.NamedNode(EQUIVALENT)

Progress = Callable[[str, float | None], None]
"""Called with the name of each stage: with ``None`` when it begins, with its seconds when it ends well."""


@dataclass(slots=True)
class Built:
    """The result of a build.

    :param graphs: graph → number of triples
    :param seconds: stage → seconds
    """

    graphs: dict[str, int]
    seconds: dict[str, float]
    loaded: Loaded
    classification: Classification


@dataclass(slots=True)
class _Clock:
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage and tell about it."""
        self.progress(name, None)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
        self.progress(name, self.seconds[name])


def build(sources: Sources, folder: Path, *, lenient: bool = False, progress: Progress = lambda _name, _seconds: None) -> Built:
    """Build the graph from its sources into a store folder.

    The new graph is written beside the old one, which stays in use until the new one is complete; a build
    that fails or is interrupted leaves it untouched.

    :raises OntologyError: when the ontology cannot be read, is inconsistent or has an unsatisfiable class
    :raises TableError: when a row is wrong and ``lenient`` is false
    :raises QueryFileError: when a file of the query library is wrong and ``lenient`` is false
    :raises ReasonerError: when HermiT cannot be run
    :raises StoreError: when the store cannot be written
    """
    clock = _Clock(progress)
    statements, loaded, classification = assemble(sources, lenient=lenient, clock=clock)
    with clock.stage("write store"):
        _replace(folder, statements)
    return Built(_counts(statements), clock.seconds, loaded, classification)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a build reads.

    :param ontology: triples, with stable names for blank nodes
    :param terms: its index
    """

    ontology: list[ox.Triple]
    terms: Terms
    loaded: Loaded


def read_inputs(sources: Sources, *, lenient: bool = False, clock: _Clock | None = None) -> Inputs:
    """Read ontology and tables; see :func:`build`."""
    clock = clock or _Clock(lambda _name, _seconds: None)
    with clock.stage("read ontology"):
        ontology = stable_blank_nodes(read_rdf(sources.ontology))
        terms = Terms.from_triples(ontology)
    with clock.stage("read tables"):
        return Inputs(ontology, terms, load(sources.data, terms, lenient=lenient))


def assemble(
    sources: Sources, *, lenient: bool = False, clock: _Clock | None = None, inputs: Inputs | None = None
) -> tuple[list[ox.Quad], Loaded, Classification]:
    """Return all statements of the graph, sorted; see :func:`build`.

    :param inputs: what was read already; its index learns what the reasoner finds
    """
    clock = clock or _Clock(lambda _name, _seconds: None)
    inputs = inputs or read_inputs(sources, lenient=lenient, clock=clock)
    ontology, terms, loaded = inputs.ontology, inputs.terms, inputs.loaded
    data = list(quads(loaded, terms))
    with clock.stage("reason"):
        classification, described = reason(ontology, data, loaded, terms)
        data += described
    with clock.stage("infer"):
        inferred = _inferred(ontology, data, classification)
        edges = direct_edges(ontology, classification.superclasses)
    with clock.stage("relate"):
        related = list(relations.triples(Logic(ontology, terms, loaded.populations.values()), loaded.rows, terms))
    statements = {
        *_in_graph(ontology, GRAPH + "ontology"),
        *_in_graph(inferred, GRAPH + "inferred"),
        *_in_graph(edges, GRAPH + "edges"),
        *_in_graph(related, GRAPH + "relations"),
        *data,
    }
    with clock.stage("describe"):
        statements.update(list(_described(inputs, statements, sources, lenient=lenient)))
    return sorted(statements, key=str), loaded, classification


def reason(ontology: list[ox.Triple], data: list[ox.Quad], loaded: Loaded, terms: Terms) -> tuple[Classification, list[ox.Quad]]:
    """Ask HermiT for the hierarchy of terms, for empty populations, and whether the whole graph is consistent.

    Returns the hierarchy and the descriptions of the populations, which follow it. The index learns it too.

    :raises OntologyError: when something contradicts itself
    """
    module = reasoning_module(ontology, terms)
    populations = [quad.triple for quad in data if quad.graph_name == data_graph(POPULATION_CLASSES)]
    # A definition that nothing else uses adds no constraint, so one direction of it is enough to test it; with both,
    # every test would have to decide membership in all other populations too.
    logic = [
        ox.Triple(triple.subject, SUBCLASS_NODE, triple.object) if triple.predicate == EQUIVALENT_NODE else triple
        for triple in reasoning_module(populations, terms)
    ]
    names = [class_iri(population) for population in loaded.populations.values()]
    with ThreadPoolExecutor(max_workers=2) as pool:
        scopes = pool.submit(satisfiability, [*module, *logic], names)
        hierarchy = classify(module)
        refuse_incoherence(hierarchy, terms)
        terms.learn(hierarchy.superclasses)
        described = list(descriptions(loaded, terms))
        plain = reasoning_module([quad.triple for quad in (*data, *described)], terms)
        if not is_consistent([*ontology, *plain]):
            raise OntologyError("HermiT finds the ontology with its data inconsistent", hint="netkg check narrows it down to a table")
        refuse_incoherence(scopes.result(), terms)
    return hierarchy, described


def refuse_incoherence(found: Classification, terms: Terms) -> None:
    """Raise when the reasoner found a contradiction.

    :raises OntologyError: names the classes at fault
    """
    if not found.consistent:
        raise OntologyError("HermiT finds the ontology inconsistent", hint="open ontology/net.owl in Protégé and ask for an explanation")
    if found.unsatisfiable:
        names = ", ".join(terms.labels.get(iri) or iri.removeprefix(NET) for iri in found.unsatisfiable[:10])
        raise OntologyError(
            f"{len(found.unsatisfiable)} class(es) can have no member: {names}", hint="two axioms, or two cells of a population, exclude each other"
        )


def _inferred(ontology: list[ox.Triple], data: list[ox.Quad], found: Classification) -> Iterator[ox.Triple]:
    """Yield what follows but is not asserted: direct superclasses, and all types of individuals."""
    subclass, rdf_type = ox.NamedNode(SUBCLASS), ox.NamedNode(TYPE)
    triples = [*ontology, *(quad.triple for quad in data)]
    asserted = {(str(triple.subject), str(triple.object)) for triple in triples if triple.predicate == subclass}
    parents: dict[str, set[str]] = {}
    for child, parent in found.superclasses:
        parents.setdefault(child, set()).add(parent)
        if (f"<{child}>", f"<{parent}>") not in asserted:
            yield ox.Triple(ox.NamedNode(child), subclass, ox.NamedNode(parent))
    for triple in triples:
        if triple.predicate == rdf_type and isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode):
            for cls in reachable(triple.object.value, parents):
                yield ox.Triple(triple.subject, rdf_type, ox.NamedNode(cls))


def _in_graph(triples: Iterable[ox.Triple], graph: str) -> list[ox.Quad]:
    name = ox.NamedNode(graph)
    return [ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples]


def _counts(statements: Iterable[ox.Quad]) -> dict[str, int]:
    """Return graph → number of statements, sorted by graph."""
    counted = Counter(quad.graph_name.value for quad in statements if isinstance(quad.graph_name, ox.NamedNode))
    return dict(sorted(counted.items()))


def _files(sources: Sources) -> dict[str, Path]:
    """Return graph → the file it is made of."""
    tables = {data_graph(table.name).value: sources.data / f"{table.name}.tsv" for table in TABLES}
    return {GRAPH + "ontology": sources.ontology, data_graph("mappings").value: sources.data / MAPPINGS} | tables


def _described(inputs: Inputs, statements: set[ox.Quad], sources: Sources, *, lenient: bool) -> Iterator[ox.Quad]:
    """Yield what the graph says about itself, each part in a graph of its own."""
    library = _library(sources.queries, inputs.terms, lenient=lenient)
    found = [*_in_graph(prefix_declarations(), PREFIXES_GRAPH), *_in_graph(examples(library), EXAMPLES_GRAPH)]
    graphs = {*_counts([*statements, *found]), HEADER_GRAPH, VOID_GRAPH}
    found += _in_graph(header(inputs.ontology, graphs, _files(sources)), HEADER_GRAPH)
    yield from found
    yield from _in_graph(describe([*statements, *found]), VOID_GRAPH)


def _library(folder: Path, terms: Terms, *, lenient: bool) -> Iterator[tuple[StoredQuery, str]]:
    """Yield the stored queries, with their texts for default parameters; a lenient build leaves out those that are wrong."""
    for path in sorted(folder.glob("*.rq")):
        try:
            query = read_query(path)
            yield query, query.bound({}, terms)
        except NetKGError:
            if not lenient:
                raise


def _replace(folder: Path, statements: list[ox.Quad]) -> None:
    """Write a new generation of the store beside the old one, then point to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):
            _write_generation(folder, statements)
    except Timeout as error:
        raise StoreError("another process is building this store", where=str(folder), hint="wait for it, or choose another --store") from error
    except OSError as error:
        raise StoreError(f"the store cannot be written: {error.strerror or error}", where=str(folder), hint="the previous graph is unchanged") from error


def _write_generation(folder: Path, statements: list[ox.Quad]) -> None:
    previous = read_pointer(folder)
    generations = {int(match[1]): path for path in folder.iterdir() if (match := GENERATION.fullmatch(path.name))}
    if previous:
        number = int(previous.partition("-")[2])
        for left in [later for later in generations if later > number]:
            shutil.rmtree(generations.pop(left))  # by an interrupted build
    else:
        number = max(generations, default=0)  # with the pointer gone, any of them may be the one in use
    target = folder / f"graph-{number + 1}"
    try:
        store = ox.Store(str(target))
        store.bulk_extend(statements)
        store.optimize()
        store.flush()
        del store
        fresh = folder / f"{POINTER}.new"
        fresh.write_text(target.name + "\n", encoding="utf-8")
        fresh.replace(folder / POINTER)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    # The graph before stays: a running reader may still hold it open. What is older goes.
    for path in generations.values():
        if path.name != previous:
            shutil.rmtree(path, ignore_errors=True)
