"""Two graphs compared: rows, terms, and answers of stored queries."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import build
from kg.diff import CellChange, Change, Difference, build_of_sources, compare, open_build, previous_build
from kg.errors import StoreError, TableError
from kg.graph import Graph
from kg.load.mappings import MAPPINGS
from kg.prefixes import NET
from kg.settings import Sources
from kg.store import in_memory
from tests.small import ROWS, line_of, replace_cell

pytestmark = pytest.mark.usefixtures("no_reasoner")

QUERY = """#+ title: "Advice"
#+ summary: "Who advises what?"
#+ tags: [t]
#+ params: []
#+ columns: [{name: therapy, help: h}, {name: direction, help: h}, {name: gist, help: h}, {name: jurisdiction, help: h}]
#+ min-rows: 0
PREFIX net: <https://w3id.org/net-kg/>
SELECT ?therapy ?direction ?gist ?jurisdiction WHERE {
  ?s net:therapy ?therapy ; net:direction ?direction ; net:gist ?gist . OPTIONAL { ?s net:jurisdiction ?jurisdiction }
} ORDER BY ?therapy ?gist
"""
NEW_TERM = f"""<owl:Class rdf:about="{NET}Novelty">
<rdfs:label xml:lang="en">novelty</rdfs:label><rdfs:subClassOf rdf:resource="{NET}Pancreas"/>{{more}}</owl:Class>"""
RELATION = f"""<rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="{NET}targets"/>
<owl:someValuesFrom rdf:resource="{NET}SomatostatinReceptor2"/></owl:Restriction></rdfs:subClassOf>"""
DEPRECATED = '<owl:deprecated rdf:datatype="http://www.w3.org/2001/XMLSchema#boolean">true</owl:deprecated>'

Edit = Callable[[Sources], None]
Compared = Callable[[Edit], Difference]


@pytest.fixture
def small(small_sources: Sources) -> Sources:
    """Small tables with one stored query."""
    small_sources.queries.mkdir()
    (small_sources.queries / "advice.rq").write_text(QUERY, encoding="utf-8")
    return small_sources


@pytest.fixture(scope="module")
def kept() -> dict[str, Graph]:
    """The graph of the unchanged small tables, once it was made."""
    return {}


@pytest.fixture
def old(small: Sources, kept: dict[str, Graph]) -> Graph:
    """The graph of the unchanged small tables."""
    if "old" not in kept:
        kept["old"] = build_of_sources(small)
    return kept["old"]


@pytest.fixture
def compared(small: Sources, old: Graph) -> Compared:
    """The difference that an edit of the sources makes."""

    def make(edit: Edit) -> Difference:
        edit(small)
        return compare(old, build_of_sources(small))

    return make


def append(path: Path, row: dict[str, str]) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(line_of(path.stem, row) + "\n")


def add_axioms(sources: Sources, axioms: str) -> None:
    text = sources.ontology.read_text(encoding="utf-8")
    sources.ontology.write_text(text.replace("</rdf:RDF>", axioms + "</rdf:RDF>"), encoding="utf-8")


def only(changes: tuple[Change, ...]) -> Change:
    assert len(changes) == 1
    return changes[0]


def cell(change: Change, column: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return next((found.old, found.new) for found in change.cells if found.column == column)


def test_the_same_sources_make_no_difference(compared: Compared) -> None:
    found = compared(lambda _sources: None)
    assert not found
    assert (found.records, found.terms, found.answers) == ((), (), ())


def test_a_row_that_only_moved_is_no_difference(compared: Compared) -> None:
    def edit(sources: Sources) -> None:
        path = sources.data / "recommendations.tsv"
        header, first, second = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([header, second, first]) + "\n", encoding="utf-8")

    assert not compared(edit)


def test_an_added_row_shows_its_cells_as_the_tables_write_them_and_gains_answers(compared: Compared) -> None:
    row = ROWS["recommendations"][1] | {"id": "R-3", "population": "grade=G2 | G1; ki67=<10", "statement": "Österreich: „ja“ — ≥ 3 µg."}
    found = compared(lambda sources: append(sources.data / "recommendations.tsv", row))
    change = only(found.records)
    assert (change.section, change.key, change.change, change.label) == ("recommendations", "R-3", "added", "recommendation R-3")
    assert cell(change, "population") == ((), ("grade=G1 | G2; ki67=<10",))
    assert cell(change, "therapy") == ((), ("everolimus",))
    assert cell(change, "direction") == ((), ("recommended",))
    assert cell(change, "source") == ((), ("guide-2023",))
    assert cell(change, "statement") == ((), ("Österreich: „ja“ — ≥ 3 µg.",))
    assert "jurisdiction" not in {one.column for one in change.cells}
    (answer,) = found.answers
    assert (answer.query, answer.columns, answer.lost) == ("advice", ("therapy", "direction", "gist"), ())
    assert answer.gained == (("everolimus", "recommended", "Österreich: „ja“ — ≥ 3 µg."),)


def test_a_withdrawn_row_loses_answers(compared: Compared) -> None:
    def edit(sources: Sources) -> None:
        path = sources.data / "recommendations.tsv"
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("R-2\t")]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")

    found = compared(edit)
    change = only(found.records)
    assert (change.key, change.change) == ("R-2", "withdrawn")
    assert cell(change, "statement") == (("Everolimus is advised.",), ())
    assert [(answer.gained, answer.lost) for answer in found.answers] == [((), (("everolimus", "recommended", "Everolimus is advised."),))]


CELLS = [
    ("recommendations", 3, "population", "grade=G1", CellChange("population", ("any",), ("grade=G1",))),
    ("recommendations", 2, "aim", "antitumour", CellChange("aim", ("antitumour", "symptom control"), ("antitumour",))),
    ("recommendations", 2, "issued", "", CellChange("issued", ("2023-02",), ())),
    ("documents", 2, "title", "A {new} [guideline]", CellChange("title", ("A guideline",), ("A {new} [guideline]",))),
    ("documents", 2, "kind", "consensus", CellChange("kind", ("guideline",), ("consensus",))),
    ("documents", 2, "pmid", "28076708", CellChange("pmid", ("28076709",), ("28076708",))),
    ("documents", 4, "url", "https://doi.org/10.1/x", CellChange("url", ("https://example.org/paper?x=1",), ("https://doi.org/10.1/x",))),
    ("evidence", 2, "effect", "0.6", CellChange("effect", ("0.5",), ("0.6",))),
    ("grading", 2, "current", "no", CellChange("current", ("yes",), ("no",))),
    ("approvals", 2, "pivotal_trial", "T-2", CellChange("pivotal_trial", ("T-1",), ("T-2",))),
]


def test_changed_cells_show_both_values_in_the_order_of_the_columns(compared: Compared) -> None:
    def edit(sources: Sources) -> None:
        for table, line, column, value, _ in CELLS:
            replace_cell(sources.data / f"{table}.tsv", line, column, value)

    found = compared(edit).records
    assert {change.change for change in found} == {"changed"}
    assert sorted((change.section, str(one)) for change in found for one in change.cells) == sorted((table, str(one)) for table, *_, one in CELLS)
    first = next(change for change in found if change.key == "guide-2023")
    assert [one.column for one in first.cells] == ["kind", "title", "pmid"]


def test_a_row_of_an_answer_that_changed_behind_its_first_columns_shows_what_differs(compared: Compared) -> None:
    (answer,) = compared(lambda sources: replace_cell(sources.data / "recommendations.tsv", 2, "jurisdiction", "France")).answers
    head = ("lanreotide", "recommended", "Lanreotide is advised.")
    assert answer.gained == ((*head, "jurisdiction: France"),)
    assert answer.lost == ((*head, "jurisdiction: Canada"),)


def test_a_changed_mapping_is_a_changed_row(compared: Compared) -> None:
    change = only(compared(lambda sources: replace_cell(sources.data / MAPPINGS, 3, "predicate_id", "skos:closeMatch")).records)
    assert (change.section, change.key, change.label, change.change) == ("mappings", "net:Everolimus CHEBI:68478", "everolimus", "changed")
    assert change.cells == (CellChange("predicate_id", ("skos:exactMatch",), ("skos:closeMatch",)),)


def test_a_mapping_to_another_entity_is_one_withdrawn_and_one_added(compared: Compared) -> None:
    found = compared(lambda sources: replace_cell(sources.data / MAPPINGS, 3, "object_id", "CHEBI:68479"))
    assert [(change.key, change.change) for change in found.records] == [
        ("net:Everolimus CHEBI:68479", "added"),
        ("net:Everolimus CHEBI:68478", "withdrawn"),
    ]


def test_an_added_term_shows_label_parents_and_relations(compared: Compared) -> None:
    change = only(compared(lambda sources: add_axioms(sources, NEW_TERM.format(more=RELATION))).terms)
    assert (change.section, change.key, change.label, change.change) == ("ontology", "net:Novelty", "novelty", "added")
    assert cell(change, "parents") == ((), ("pancreas",))
    assert cell(change, "relations") == ((), ("targets some somatostatin receptor type 2",))


def test_a_deprecated_term_is_listed_as_such(small: Sources) -> None:
    original = small.ontology.read_bytes()
    add_axioms(small, NEW_TERM.format(more=""))
    old = build_of_sources(small)
    small.ontology.write_bytes(original)
    add_axioms(small, NEW_TERM.format(more=DEPRECATED).replace("novelty", "obsolete novelty"))
    change = only(compare(old, build_of_sources(small)).terms)
    assert change.change == "deprecated"
    assert cell(change, "deprecated") == ((), ("true",))
    assert cell(change, "label") == (("novelty",), ("obsolete novelty",))


def test_a_term_that_rows_name_may_get_another_label_without_changing_them(compared: Compared) -> None:
    def edit(sources: Sources) -> None:
        text = sources.ontology.read_text(encoding="utf-8")
        sources.ontology.write_text(text.replace(">lanreotide<", ">lanreotide anew<"), encoding="utf-8")
        replace_cell(sources.data / MAPPINGS, 4, "subject_label", "lanreotide anew")

    found = compared(edit)
    assert "net:Lanreotide" in {change.key for change in found.terms}
    assert (found.records, found.answers) == ((), ())


def test_a_query_that_the_old_graph_cannot_answer_is_named_and_the_others_are_compared(small: Sources, old: Graph) -> None:
    add_axioms(small, NEW_TERM.format(more=""))
    text = QUERY.replace("#+ params: []", '#+ params: [{name: "site", type: "term", default: "Novelty", help: h}]').replace(
        "WHERE {", "WHERE { BIND(?_site AS ?x) "
    )
    (small.queries / "new.rq").write_text(text, encoding="utf-8")
    (answer,) = compare(old, build_of_sources(small)).answers
    assert answer.query == "new"
    assert answer.failure == "the old graph does not answer: no class is called 'Novelty'"


def test_the_order_depends_on_nothing_but_what_differs(small: Sources, old: Graph) -> None:
    rows = [ROWS["recommendations"][1] | {"id": f"R-{number}", "statement": f"Number {number}."} for number in (9, 7, 8)]
    for row in rows:
        append(small.data / "recommendations.tsv", row)
    append(small.data / "documents.tsv", ROWS["documents"][0] | {"id": "other", "title": "Other", "pmid": "1", "doi": ""})
    new = build_of_sources(small)
    found = compare(old, new)
    assert [change.key for change in found.records] == ["other", "R-7", "R-8", "R-9"]
    shuffled = Graph(in_memory(sorted(new.store.quads(), key=hash), "the sources"), small)
    assert compare(old, shuffled) == found
    back = compare(new, old)
    assert [change.change for change in back.records] == ["withdrawn"] * 4


def test_the_build_before_is_compared_with_the_one_in_use(small: Sources, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    build(small, folder)
    with pytest.raises(StoreError, match="one build only"):
        previous_build(str(folder), small)
    replace_cell(small.data / "recommendations.tsv", 3, "direction", "not recommended")
    build(small, folder)
    before, after = previous_build(str(folder), small), open_build(str(folder), small)
    found = compare(before, after)
    assert only(found.records).cells == (CellChange("direction", ("recommended",), ("not recommended",)),)
    named = compare(open_build(str(folder / "graph-1"), small), after)
    assert replace(named, old=found.old) == found


def test_what_is_no_store_is_named(small: Sources, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no graph yet") as caught:
        open_build(str(tmp_path / "none"), small)
    assert caught.value.where == str(tmp_path / "none")
    with pytest.raises(StoreError, match="there is no graph yet"):
        previous_build(str(tmp_path / "none"), small)
    with pytest.raises(StoreError, match="keeps no earlier build"):
        previous_build("https://example.org/sparql", small)


def test_a_damaged_store_is_named(small: Sources, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    (folder / "graph-2").mkdir(parents=True)
    (folder / "current").write_text("graph-2\n", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_build(str(folder), small)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_build(str(folder / "graph-2"), small)


def test_broken_sources_are_refused(small: Sources) -> None:
    replace_cell(small.data / "recommendations.tsv", 3, "direction", "recomended")
    with pytest.raises(TableError, match=r"recommendations\.tsv:3"):
        build_of_sources(small)


def test_a_table_that_is_no_longer_declared_is_still_compared(small: Sources, old: Graph) -> None:
    new = Graph(old.store, small)
    moved = [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(str(quad.graph_name)[1:-1].replace("/data/drugs", "/data/remedies")))
        for quad in new.store.quads()
    ]
    found = compare(Graph(in_memory(moved), small), new)
    assert [(change.section, change.key, change.change) for change in found.records] == [("drugs", "drug-1", "added"), ("remedies", "drug-1", "withdrawn")]


def test_the_stored_queries_of_the_library_run_on_a_small_graph(small: Sources, sources: Sources, old: Graph) -> None:
    shutil.copytree(sources.queries, small.queries, dirs_exist_ok=True)
    graph = Graph(old.store, small)
    assert not compare(graph, graph)
