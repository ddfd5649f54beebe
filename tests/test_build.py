"""Builds: all or nothing, the same each time, and the previous graph answers whatever happens."""

from __future__ import annotations

import errno
import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox
import pytest
from filelock import FileLock

import kg
from kg.build import _replace, assemble, build
from kg.errors import OntologyError, ReasonerError, StoreError, TableError
from kg.load.load import Loaded, descriptions
from kg.load.mappings import HEADER, MAPPINGS, VERIFIED
from kg.load.populations import admitted
from kg.load.tables import TABLES
from kg.prefixes import GRAPH, NET, PREFIXES
from kg.reason.hermit import Classification
from kg.settings import Sources
from kg.store import in_memory, open_folder, select
from kg.store.local import POINTER
from kg.terms import Terms
from tests.conftest import BuiltGraph
from tests.small import replace_cell

Break = Callable[[Sources, pytest.MonkeyPatch], object]
BEFORE = ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:p"), ox.Literal("the previous graph"), ox.NamedNode("a:g"))

MANY = [ox.Quad(ox.NamedNode(f"b:{number}"), ox.NamedNode("a:p"), ox.Literal(str(number)), ox.NamedNode("a:g")) for number in range(500)]


def exported(folder: Path) -> bytes:
    """Return the graph as sorted N-Quads."""
    return "\n".join(sorted(f"{quad} ." for quad in open_folder(folder).quads())).encode()


def texts(folder: Path) -> list[str]:
    return [cell.value for (cell,) in select(open_folder(folder), "SELECT ?o WHERE { <a:a> ?p ?o }") if isinstance(cell, ox.Literal)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store folder with a previous graph."""
    _replace(tmp_path / "store", [BEFORE])
    return tmp_path / "store"


# The real graph


def test_the_real_sources_build_without_a_problem(built: BuiltGraph) -> None:
    result = built.result
    assert result.loaded.report.problems == []
    assert result.classification.consistent
    assert result.classification.unsatisfiable == ()
    assert list(result.seconds) == ["read ontology", "read tables", "reason", "infer", "relate", "describe", "write store"]
    assert (built.folder / POINTER).read_text() == "graph-1\n"


def test_the_counts_of_the_build_of_the_store_and_of_its_description_agree(built: BuiltGraph, graph: kg.Graph) -> None:
    found = Counter(quad.graph_name.value for quad in graph.store.quads() if isinstance(quad.graph_name, ox.NamedNode))
    assert dict(found) == built.result.graphs
    void = PREFIXES["void"]
    rows = graph.sparql(f"SELECT ?g ?n WHERE {{ GRAPH ?g {{ }} ?g <{void}triples> ?n }}")
    assert isinstance(rows, kg.store.Rows)
    described = {subject.value: int(count.value) for subject, count in rows if isinstance(subject, ox.NamedNode) and isinstance(count, ox.Literal)}
    assert described == dict(found)
    total = graph.sparql(f"SELECT ?n WHERE {{ <{NET}dataset> <{void}triples> ?n }}")
    assert isinstance(total, kg.store.Rows)
    assert [cell.value for (cell,) in total if isinstance(cell, ox.Literal)] == [str(found.total())]


def test_no_statement_stands_in_two_graphs(graph: kg.Graph) -> None:
    # the union of the graphs would count it twice
    places: dict[str, set[str]] = defaultdict(set)
    for quad in graph.store.quads():
        places[str(quad.triple)].add(str(quad.graph_name))
    assert {triple: graphs for triple, graphs in places.items() if len(graphs) > 1} == {}


def test_checksums_of_the_files_are_in_the_graph(graph: kg.Graph, sources: Sources) -> None:
    rows = graph.sparql(f"SELECT ?f ?sum WHERE {{ ?g <{PREFIXES['prov']}wasDerivedFrom> ?f . ?f <{PREFIXES['dcterms']}identifier> ?sum }}")
    assert isinstance(rows, kg.store.Rows)
    found = {subject.value.rpartition("/")[2]: total.value for subject, total in rows if isinstance(subject, ox.NamedNode) and isinstance(total, ox.Literal)}
    files = [sources.ontology, *(path for path in sources.data.glob("*.tsv") if path.name != VERIFIED)]
    assert found == {path.name: "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_graph_is_made_of_the_sources_alone(built: BuiltGraph, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second build gives the same bytes; the reasoner's answer is reused, to be quick."""

    def remembered(_ontology: object, _data: object, loaded: Loaded, terms: Terms) -> tuple[Classification, list[ox.Quad]]:
        terms.learn(built.result.classification.superclasses)
        return built.result.classification, list(descriptions(loaded, terms))

    monkeypatch.setattr("kg.build.reason", remembered)
    statements, _, _ = assemble(sources)
    assert not set(in_memory(statements).quads()) ^ set(open_folder(built.folder).quads())


def test_a_population_of_the_real_graph_allows_what_it_says(graph: kg.Graph, terms: Terms) -> None:
    """Every closed list: a value is allowed when a criterion requires it, or when no criterion restricts the feature."""
    query = f"""PREFIX net: <{NET}> SELECT ?alternative ?value WHERE {{
        ?alternative a net:PopulationAlternative .
        ?feature net:featureKind "list" ; <{PREFIXES["rdfs"]}range> ?list .
        ?value a ?list ; net:code ?code .
        FILTER NOT EXISTS {{
            ?alternative net:criterion ?criterion . ?criterion net:restricts ?feature . FILTER NOT EXISTS {{ ?criterion net:requires ?value }} }} }}"""
    allowed: dict[str, set[str]] = defaultdict(set)
    rows = graph.sparql(query)
    assert isinstance(rows, kg.store.Rows)
    for alternative, value in rows:
        if isinstance(alternative, ox.NamedNode) and isinstance(value, ox.NamedNode):
            allowed[alternative.value].add(value.value)
    lists = {iri for feature in terms.features.values() for iri in terms.codes.get(feature.range, {}).values()}
    said: dict[str, set[str]] = defaultdict(set)
    rows = graph.sparql(f"SELECT ?alternative ?value WHERE {{ ?alternative <{NET}allows> ?value }}")
    assert isinstance(rows, kg.store.Rows)
    for alternative, value in rows:
        if isinstance(alternative, ox.NamedNode) and isinstance(value, ox.NamedNode) and value.value in lists:
            said[alternative.value].add(value.value)
    assert len(allowed) > 500
    assert allowed == said


def test_allowed_values_of_hierarchies_follow_what_the_reasoner_found(built: BuiltGraph, graph: kg.Graph, terms: Terms) -> None:
    """Whoever asks for a jejunal tumour must find the populations of gastrointestinal tumours."""
    rows = select(graph.store, f"SELECT ?alternative ?value WHERE {{ ?alternative <{NET}allows> ?value }}")
    said: dict[str, set[str]] = defaultdict(set)
    for alternative, value in rows:
        if isinstance(alternative, ox.NamedNode) and isinstance(value, ox.NamedNode):
            said[alternative.value].add(value.value)
    reasoned = Terms(kinds=terms.kinds, labels=terms.labels, codes=terms.codes, features=terms.features)
    for index, pairs in (("parents", terms.parents.items()), ("children", terms.children.items())):
        getattr(reasoned, index).update({iri: set(found) for iri, found in pairs})
    for child, parent in built.result.classification.superclasses:
        reasoned.parents.setdefault(child, set()).add(parent)
        reasoned.children.setdefault(parent, set()).add(child)
    wrong = {}
    for population in built.result.loaded.populations.values():
        for number, part in enumerate(population.alternatives, start=1):
            difference = set(admitted(part, reasoned)) ^ said[f"{NET}population/{population.id}/{number}"]
            if difference:
                wrong[population.text, number] = sorted(difference)
    assert wrong == {}


# Small builds


@pytest.mark.usefixtures("no_reasoner")
def test_two_builds_are_byte_equal(small_sources: Sources, tmp_path: Path) -> None:
    first, second = build(small_sources, tmp_path / "one"), build(small_sources, tmp_path / "two")
    assert exported(tmp_path / "one") == exported(tmp_path / "two")
    assert first.graphs == second.graphs
    assert sum(first.graphs.values()) == len(exported(tmp_path / "one").split(b"\n"))


@pytest.mark.usefixtures("no_reasoner")
def test_each_row_is_in_the_graph_of_its_table(small_sources: Sources, tmp_path: Path) -> None:
    build(small_sources, tmp_path / "store")
    answer = select(open_folder(tmp_path / "store"), f"SELECT ?g WHERE {{ GRAPH ?g {{ <{NET}comparison/C-1> ?p ?o }} }} GROUP BY ?g")
    assert {cell.value for (cell,) in answer if isinstance(cell, ox.NamedNode)} == {GRAPH + "data/comparisons", GRAPH + "inferred"} - (
        set() if len(answer) > 1 else {GRAPH + "inferred"}
    )


@pytest.mark.usefixtures("no_reasoner")
def test_progress_tells_of_each_stage_when_it_begins_and_ends(small_sources: Sources, tmp_path: Path) -> None:
    told: list[tuple[str, bool]] = []
    built = build(small_sources, tmp_path / "store", progress=lambda name, seconds: told.append((name, seconds is None)))
    assert told == [(name, begins) for name in built.seconds for begins in (True, False)]
    assert all(seconds >= 0 for seconds in built.seconds.values())


@pytest.mark.usefixtures("no_reasoner")
def test_a_lenient_build_loads_the_good_rows_and_lists_the_bad(small_sources: Sources, folder: Path) -> None:
    replace_cell(small_sources.data / "drugs.tsv", 2, "drug", "Nothing")
    result = build(small_sources, folder, lenient=True)
    assert [(problem.line, problem.column, problem.value) for problem in result.loaded.report.problems] == [(2, "drug", "Nothing")]
    store = open_folder(folder)
    assert store.query(f"ASK {{ <{NET}drugs/drug-1> ?p ?o }}") is False
    assert store.query(f"ASK {{ <{NET}comparison/C-1> ?p ?o }}") is True


# Failures


def fail_with(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_arguments: object, **_options: object) -> NoReturn:
        raise type(error)(*error.args)  # a fresh one: a traceback would keep a store open

    return fail


def store_that_fails(error: BaseException, method: str) -> type:
    """Return a stand-in for the store that fails halfway through."""

    class Failing:
        def __init__(self, path: str) -> None:
            self.store = ox_store(path)

        def bulk_extend(self, quads: Iterable[ox.Quad]) -> None:
            self.store.bulk_extend(itertools.islice(quads, 100))
            self.meet("bulk_extend")

        def optimize(self) -> None:
            self.meet("optimize")

        def flush(self) -> None:
            self.meet("flush")

        def meet(self, name: str) -> None:
            if name == method:
                raise type(error)(*error.args)

        read_only = staticmethod(ox.Store.read_only)

    return Failing


ox_store: Any = ox.Store
FULL = OSError(errno.ENOSPC, "No space left on device")
DENIED = PermissionError(errno.EACCES, "Permission denied")


def cut_ontology(sources: Sources, _patch: pytest.MonkeyPatch) -> None:
    data = sources.ontology.read_bytes()
    sources.ontology.write_bytes(data[: len(data) // 3])


def no_version(sources: Sources, _patch: pytest.MonkeyPatch) -> None:
    text = sources.ontology.read_text(encoding="utf-8")
    start, end = text.index("<owl:versionInfo"), text.index("</owl:versionInfo>") + len("</owl:versionInfo>")
    sources.ontology.write_text(text[:start] + text[end:], encoding="utf-8")


FAILURES: dict[str, tuple[Break, type[BaseException], str]] = {
    "ontology missing": (lambda sources, _: sources.ontology.unlink(), OntologyError, "cannot be read: No such file"),
    "ontology truncated": (cut_ontology, OntologyError, "is not well formed"),
    "ontology empty": (lambda sources, _: sources.ontology.write_bytes(b""), OntologyError, "is not well formed"),
    "ontology without version": (no_version, OntologyError, "no owl:versionInfo"),
    "table missing": (lambda sources, _: (sources.data / "drugs.tsv").unlink(), TableError, "drugs.tsv:0: the table cannot be read"),
    "row wrong": (lambda sources, _: replace_cell(sources.data / "drugs.tsv", 2, "drug", "Nothing"), TableError, "drugs.tsv:2 [drug] 'Nothing'"),
    "reasoner stopped": (lambda _, patch: patch.setattr("kg.build.reason", fail_with(ReasonerError("HermiT gave no answer"))), ReasonerError, "no answer"),
    "reasoner refuses": (lambda _, patch: patch.setattr("kg.build.reason", fail_with(OntologyError("inconsistent"))), OntologyError, "inconsistent"),
    "interrupted while reasoning": (lambda _, patch: patch.setattr("kg.build.reason", fail_with(KeyboardInterrupt())), KeyboardInterrupt, ""),
}
"""Before anything is written."""

WRITING: dict[str, tuple[Callable[[pytest.MonkeyPatch], object], type[BaseException], str]] = {
    "disk full while writing": (lambda patch: patch.setattr("kg.build.ox.Store", store_that_fails(FULL, "bulk_extend")), StoreError, "No space left"),
    "disk full while ordering": (lambda patch: patch.setattr("kg.build.ox.Store", store_that_fails(FULL, "optimize")), StoreError, "No space left"),
    "disk full while flushing": (lambda patch: patch.setattr("kg.build.ox.Store", store_that_fails(FULL, "flush")), StoreError, "No space left"),
    "disk full at the pointer": (lambda patch: patch.setattr("kg.build.Path.write_text", fail_with(FULL)), StoreError, "No space left"),
    "pointer cannot be replaced": (lambda patch: patch.setattr("kg.build.Path.replace", fail_with(DENIED)), StoreError, "Permission denied"),
    "no permission": (lambda patch: patch.setattr("kg.build.ox.Store", fail_with(DENIED)), StoreError, "Permission denied"),
    "interrupted": (lambda patch: patch.setattr("kg.build.ox.Store", store_that_fails(KeyboardInterrupt(), "bulk_extend")), KeyboardInterrupt, ""),
    "out of memory": (lambda patch: patch.setattr("kg.build.ox.Store", store_that_fails(MemoryError(), "bulk_extend")), MemoryError, ""),
}


@pytest.mark.usefixtures("no_reasoner")
@pytest.mark.parametrize("name", FAILURES)
def test_a_build_that_fails_leaves_the_previous_graph_answering(name: str, small_sources: Sources, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breakage, kind, fragment = FAILURES[name]
    before = sorted(folder.iterdir())
    breakage(small_sources, monkeypatch)
    with pytest.raises(kind) as failed:
        build(small_sources, folder)
    assert fragment in str(failed.value)
    assert texts(folder) == ["the previous graph"]
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", WRITING)
def test_a_failure_to_write_leaves_the_previous_graph_answering_and_the_next_build_works(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breakage, kind, fragment = WRITING[name]
    reader = open_folder(folder)
    with monkeypatch.context() as patch:
        breakage(patch)
        with pytest.raises(kind, match=fragment or None):
            _replace(folder, MANY)
    assert texts(folder) == ["the previous graph"]
    assert (folder / POINTER).read_text() == "graph-1\n"
    _replace(folder, MANY)
    assert len(list(open_folder(folder).quads())) == len(MANY)
    assert reader.query("ASK { <a:a> ?p ?o }") is True
    assert sorted(path.name for path in folder.iterdir() if path.name != "build.lock") == [POINTER, "graph-1", "graph-2"]


@pytest.mark.parametrize("name", ["disk full while writing", "disk full while ordering", "interrupted", "out of memory"])
def test_a_failure_to_write_frees_the_disk(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WRITING[name][0](monkeypatch)
    with pytest.raises(WRITING[name][1]):
        _replace(folder, MANY)
    assert [path.name for path in folder.glob("graph-*")] == ["graph-1"]


@pytest.mark.usefixtures("no_reasoner")
def test_a_first_build_that_is_interrupted_leaves_no_graph(small_sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("kg.build.ox.Store", store_that_fails(KeyboardInterrupt(), "bulk_extend"))
        with pytest.raises(KeyboardInterrupt):
            build(small_sources, tmp_path / "store")
    with pytest.raises(StoreError, match="there is no graph yet"):
        open_folder(tmp_path / "store")
    build(small_sources, tmp_path / "store")
    assert open_folder(tmp_path / "store").query(f"ASK {{ <{NET}comparison/C-1> ?p ?o }}") is True


def test_what_a_killed_build_left_over_is_cleaned_up_and_the_graph_before_is_kept(folder: Path) -> None:
    _replace(folder, [BEFORE])  # graph-2 is in use, graph-1 was before it
    for name in ("graph-3", "graph-4"):
        (folder / name).mkdir()
        (folder / name / "half.sst").write_bytes(b"x")
    (folder / f"{POINTER}.new").write_text("graph-3\n")
    reader = open_folder(folder)
    _replace(folder, [BEFORE])
    assert sorted(path.name for path in folder.iterdir() if path.name != "build.lock") == [POINTER, "graph-2", "graph-3"]
    assert not (folder / "graph-3" / "half.sst").exists()
    assert reader.query("ASK { <a:a> ?p ?o }") is True


def test_what_a_killed_first_build_left_over_is_cleaned_up(tmp_path: Path) -> None:
    left = tmp_path / "store" / "graph-1"
    left.mkdir(parents=True)
    (left / "half.sst").write_bytes(b"x")
    _replace(tmp_path / "store", [BEFORE])
    assert texts(tmp_path / "store") == ["the previous graph"]
    assert not (left / "half.sst").exists()


@pytest.mark.parametrize("name", ["graph-", "graph-old", "graph-1-copy", "notes"])
def test_a_folder_of_the_user_beside_the_graph_is_left_alone(name: str, folder: Path) -> None:
    (folder / name).mkdir()
    (folder / name / "mine.txt").write_text("mine")
    _replace(folder, [BEFORE])
    assert (folder / name / "mine.txt").read_text() == "mine"
    assert texts(folder) == ["the previous graph"]


@pytest.mark.parametrize("pointer", [b"garbage\n", b"graph-\n", b"\xff\xfe", b"graph-x"])
def test_a_damaged_pointer_can_be_built_over(pointer: bytes, folder: Path) -> None:
    (folder / POINTER).write_bytes(pointer)
    _replace(folder, [BEFORE])
    assert texts(folder) == ["the previous graph"]


@pytest.mark.usefixtures("no_reasoner")
def test_a_store_that_another_process_is_building_is_refused(small_sources: Sources, folder: Path) -> None:
    with FileLock(folder / "build.lock"), pytest.raises(StoreError, match="another process is building this store") as refused:
        build(small_sources, folder)
    assert refused.value.exit_status == 3
    assert refused.value.where == str(folder)
    assert texts(folder) == ["the previous graph"]
    build(small_sources, folder)
    assert open_folder(folder).query(f"ASK {{ <{NET}comparison/C-1> ?p ?o }}") is True


@pytest.mark.parametrize("place", ["store", "store/below"])
def test_a_file_where_the_folder_should_be_is_a_store_error(place: str, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("mine")
    with pytest.raises(StoreError, match="the store cannot be written") as refused:
        _replace(tmp_path / place, [BEFORE])
    assert refused.value.where == str(tmp_path / place)
    assert (tmp_path / "store").read_text() == "mine"


def test_a_folder_without_permission_is_a_store_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.build.Path.mkdir", fail_with(DENIED))
    with pytest.raises(StoreError, match="Permission denied"):
        _replace(tmp_path / "store", [BEFORE])


# The real reasoner on a tiny ontology

OWL = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
         xmlns:owl="http://www.w3.org/2002/07/owl#" xml:base="https://w3id.org/net-kg/">
  <owl:Ontology rdf:about="ontology"><owl:versionInfo>1</owl:versionInfo></owl:Ontology>
  <owl:Class rdf:about="Tumour"><rdfs:label>tumour</rdfs:label></owl:Class>
  <owl:Class rdf:about="Drug"><rdfs:label>drug</rdfs:label><owl:disjointWith rdf:resource="Tumour"/></owl:Class>
  <owl:Class rdf:about="Insulinoma"><rdfs:label>insulinoma</rdfs:label><rdfs:subClassOf rdf:resource="Tumour"/></owl:Class>
  {}
</rdf:RDF>
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[[str], Sources]:
    """A maker of sources with four classes and no rows."""

    def make(axioms: str) -> Sources:
        root = tmp_path / "tiny"
        for name in ("ontology", "data"):
            (root / name).mkdir(parents=True)
        (root / "ontology" / "net.owl").write_text(OWL.format(axioms), encoding="utf-8")
        for table in TABLES:
            (root / "data" / f"{table.name}.tsv").write_text("\t".join(table.header) + "\n", encoding="utf-8")
        (root / "data" / MAPPINGS).write_text("\t".join(HEADER) + "\n", encoding="utf-8")
        return Sources(root)

    return make


def test_a_sound_tiny_ontology_is_reasoned_over(tiny: Callable[[str], Sources], folder: Path) -> None:
    built = build(tiny('<owl:NamedIndividual rdf:about="case"><rdf:type rdf:resource="Insulinoma"/></owl:NamedIndividual>'), folder)
    assert (NET + "Insulinoma", NET + "Tumour") in built.classification.superclasses
    assert open_folder(folder).query(f"ASK {{ GRAPH <{GRAPH}inferred> {{ <{NET}case> a <{NET}Tumour> }} }}") is True
    assert texts(folder) == []


def test_an_individual_of_two_disjoint_types_is_refused(tiny: Callable[[str], Sources], folder: Path) -> None:
    sources = tiny('<owl:NamedIndividual rdf:about="case"><rdf:type rdf:resource="Insulinoma"/><rdf:type rdf:resource="Drug"/></owl:NamedIndividual>')
    with pytest.raises(OntologyError, match="inconsistent") as refused:
        build(sources, folder)
    assert refused.value.hint
    assert texts(folder) == ["the previous graph"]


def test_a_class_below_two_disjoint_classes_is_refused_by_name(tiny: Callable[[str], Sources], folder: Path) -> None:
    above = "".join(f'<rdfs:subClassOf rdf:resource="{name}"/>' for name in ("Drug", "Insulinoma"))
    sources = tiny(f'<owl:Class rdf:about="Odd"><rdfs:label>odd thing</rdfs:label>{above}</owl:Class>')
    with pytest.raises(OntologyError, match=r"1 class\(es\) can have no member: odd thing"):
        build(sources, folder)
    assert texts(folder) == ["the previous graph"]
