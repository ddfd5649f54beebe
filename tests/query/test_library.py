"""Every stored query: it parses everywhere, answers as its header promises, and gives what is known to be right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import Node

import kg
from kg.graph import Result
from kg.prefixes import NET, PREFIXES
from kg.query.catalogue import StoredQuery, find, read_catalogue
from kg.settings import default_sources
from kg.store import LocalStore, in_memory, select
from kg.terms import Terms

FOLDER = default_sources().queries
NAMES = sorted(path.stem for path in FOLDER.glob("*.rq"))

PROVENANCE = ("source", "curation", "Source", "Curation")


@dataclass
class Library:
    """The real graph, a copy in memory that was filled in another order, and the answers so far."""

    graph: kg.Graph
    copy: LocalStore
    answers: dict[str, Result] = field(default_factory=dict)

    def stored(self, name: str) -> StoredQuery:
        return find(FOLDER, name)

    def text(self, name: str, **params: str) -> str:
        return self.stored(name).bound(params, self.graph.terms)

    def answer(self, name: str) -> Result:
        if name not in self.answers:
            self.answers[name] = self.graph.query(name)
        return self.answers[name]


@pytest.fixture(scope="session")
def library(graph: kg.Graph) -> Library:
    quads = sorted(graph.store.quads(), key=str, reverse=True)
    return Library(graph, in_memory(quads))


def records(graph: kg.Graph, name: str, **params: str) -> list[dict[str, str | None]]:
    found = graph.query(name, timeout=None, **params).records()
    assert found
    return found


def values(rows: list[dict[str, str | None]], column: str) -> set[str | None]:
    return {row[column] for row in rows}


def test_the_library_is_there() -> None:
    assert len(NAMES) >= 40


@pytest.mark.parametrize("name", NAMES)
def test_another_engine_reads_the_query_too(name: str, library: Library) -> None:
    prepared = prepareQuery(library.text(name))
    assert prepared.algebra.name == "SelectQuery"
    assert [str(variable) for variable in prepared.algebra.PV] == list(library.stored(name).columns)


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_has_the_columns_and_at_least_the_rows_of_the_header(name: str, library: Library) -> None:
    stored, answer = library.stored(name), library.answer(name)
    assert answer.columns == tuple(stored.columns)
    assert len(answer) >= stored.min_rows >= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_does_not_depend_on_the_order_of_loading(name: str, library: Library) -> None:
    assert select(library.copy, library.text(name)).rows == library.answer(name).rows


@pytest.mark.parametrize("name", NAMES)
def test_no_row_comes_twice(name: str, library: Library) -> None:
    assert [row for row, count in Counter(library.answer(name).rows).items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_provenance_is_filled_in_every_row(name: str, library: Library) -> None:
    answer = library.answer(name)
    columns = [column for column in answer.columns if column.endswith(PROVENANCE)]
    unfilled = {column for row in answer.records() for column in columns if not row[column]}
    assert unfilled == set()


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_of_ours_come_with_a_label(name: str, library: Library) -> None:
    answer = library.answer(name)
    bare = {cell.value for row in answer.rows for cell in row if isinstance(cell, ox.NamedNode) and cell.value.startswith(NET)} - set(answer.labels)
    assert bare == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_header_speaks_to_people(name: str, library: Library) -> None:
    stored = library.stored(name)
    assert stored.summary.endswith("?")
    assert not stored.title.endswith((".", "?"))
    assert stored.tags
    assert all(stored.columns.values())
    assert all(param.help for param in stored.params)


def test_titles_and_summaries_differ() -> None:
    catalogue = read_catalogue(FOLDER).values()
    for texts in ([stored.title for stored in catalogue], [stored.summary for stored in catalogue]):
        assert [text for text, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_ours_in_the_text_is_in_the_ontology(name: str, library: Library) -> None:
    algebra = str(prepareQuery(library.text(name)).algebra)
    names = {part.split("')")[0] for part in algebra.split(f"URIRef('{NET}")[1:]}
    known = {iri.removeprefix(NET) for iri in library.graph.terms.kinds}
    assert {local for local in names if "/" not in local} <= known


TO_COMPARE = (
    "adverse-effects-of-therapy",
    "agents-targeting-receptor",
    "biomarkers-and-confounders",
    "documents-and-their-use",
    "facts-about-tumour",
    "forest-plot",
    "hormone-to-symptoms",
    "how-to-grade",
    "imaging-performance",
    "radionuclides-of-agents",
    "receptor-affinities",
    "procedures-and-outcomes",
    "radioligand-schedules",
    "regimen-components",
    "superseded-sources",
    "tests-for-syndrome",
    "theranostic-pairs",
    "treatment-thresholds",
    "trial-results",
    "tumours-by-site",
    "tumours-in-hereditary-syndrome",
)
"""Queries that rdflib answers quickly."""

XSD_STRING = ox.NamedNode(PREFIXES["xsd"] + "string")


def in_rdflib(term: object) -> Node | None:
    """Return a term as rdflib's own readers make it: a plain string carries no datatype."""
    match term:
        case ox.NamedNode():
            return rdflib.URIRef(term.value)
        case ox.BlankNode():
            return rdflib.BNode(term.value)
        case ox.Literal() if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        case ox.Literal() if term.datatype == XSD_STRING:
            return rdflib.Literal(term.value)
        case ox.Literal():
            return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    assert term is None
    return None


@pytest.fixture(scope="session")
def second_engine(library: Library) -> tuple[LocalStore, rdflib.Graph]:
    """The graph without populations and mappings, which would slow rdflib down, in both engines."""
    left_out = tuple(NET + "graph/data/" + name for name in ("populations", "population-classes", "mappings"))
    quads = [quad for quad in library.graph.store.quads() if not (isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in left_out)]
    graph = rdflib.Graph()
    for quad in quads:
        subject, predicate, filler = in_rdflib(quad.subject), in_rdflib(quad.predicate), in_rdflib(quad.object)
        assert subject is not None
        assert predicate is not None
        assert filler is not None
        graph.add((subject, predicate, filler))
    return in_memory(quads), graph


@pytest.mark.parametrize("name", TO_COMPARE)
def test_another_engine_gives_the_same_rows(name: str, library: Library, second_engine: tuple[LocalStore, rdflib.Graph]) -> None:
    store, graph = second_engine
    ours = Counter(tuple(in_rdflib(cell) for cell in row) for row in select(store, library.text(name)))
    theirs = Counter(tuple(row) for row in graph.query(library.text(name)))  # type: ignore[arg-type]  # rows of a SELECT
    assert ours == theirs
    assert ours


FOUNDING = "therapies-for-inoperable-sstr-positive"


@pytest.mark.parametrize("therapy", ["Lutetium177Dotatate", "OctreotideLAR", "Lanreotide", "Everolimus", "Sunitinib", "Cabozantinib", "DebulkingSurgery"])
def test_the_founding_question_names_the_therapy(therapy: str, library: Library) -> None:
    therapies = {cell.value for row in library.answer(FOUNDING).rows if isinstance(cell := row[0], ox.NamedNode)}
    below = library.graph.terms.descendants(NET + therapy)
    users = {
        row[0].value
        for row in select(library.graph.store, f"SELECT ?t {{ ?t <{NET}usesAgent>|<{NET}hasComponent> <{NET}{therapy}> }}")
        if isinstance(row[0], ox.NamedNode)
    }
    assert therapies & (below | users)


@pytest.mark.parametrize("kind", ["EmbolisationProcedure", "AblativeProcedure", "SomatostatinAnalogue", "NuclearMedicineTherapy"])
def test_the_founding_question_names_a_therapy_of_the_kind(kind: str, library: Library) -> None:
    assert NET + kind in library.graph.terms.kinds
    therapies = {cell.value for row in library.answer(FOUNDING).rows if isinstance(cell := row[0], ox.NamedNode)}
    assert therapies & library.graph.terms.descendants(NET + kind)


def test_the_founding_question_gives_condition_direction_aim_source_and_curation_in_every_row(library: Library) -> None:
    rows = library.answer(FOUNDING).records()
    for column in ("therapy", "direction", "aim", "condition", "gist", "source", "curation"):
        assert all(row[column] for row in rows), column
    assert {"net:DirectionRecommended", "net:DirectionMayBeConsidered", "net:DirectionNotRecommended"} <= values(rows, "direction")
    assert {"net:AimAntitumour", "net:AimSymptomControl"} == values(rows, "aim")


def test_a_narrower_question_has_fewer_answers_and_a_wrong_site_none_of_its_own(graph: kg.Graph) -> None:
    everything = values(records(graph, FOUNDING), "statement")
    pancreas = values(records(graph, FOUNDING, site="pancreas"), "statement")
    ileum = values(records(graph, FOUNDING, site="ileum"), "statement")
    assert pancreas < everything
    assert values(records(graph, FOUNDING, site="pancreas", grade="G3"), "statement") < pancreas
    sunitinib = "net:approval/FDA-sunitinib-pancreas-2011"
    assert sunitinib in pancreas
    assert sunitinib not in ileum


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_rests_on_unverified_rows(name: str, library: Library) -> None:
    assert ox.NamedNode(NET + "CurationUnverified") not in {cell for row in library.answer(name).rows for cell in row}


def test_lutetium_dotatate_binds_receptor_2_with_2_nanomolar(graph: kg.Graph) -> None:
    agents = records(graph, "agents-targeting-receptor", receptor="SomatostatinReceptor2")
    assert {"net:Lutetium177Dotatate", "net:Gallium68Dotatate", "net:Lanreotide"} <= values(agents, "agent")
    assert ("net:Lutetium177Dotatate", "activates") in {(row["agent"], row["action"]) for row in agents}
    affinities = records(graph, "receptor-affinities", receptor="SomatostatinReceptor2")
    lutetium = {row["ic50"] for row in affinities if row["agent"] == "net:Lutetium177Dotatate"}
    assert lutetium & {"2", "2.0"}
    assert values(affinities, "receptor") == {"net:SomatostatinReceptor2"}


def test_an_antagonist_blocks_and_an_agonist_activates(graph: kg.Graph) -> None:
    action = {row["agent"]: row["action"] for row in records(graph, "agents-targeting-receptor", receptor="SomatostatinReceptor2")}
    assert action["net:Gallium68Satoreotide"] == action["net:Lutetium177Satoreotide"] == "blocks"
    assert action["net:Lanreotide"] == "activates"


def test_theranostic_pairs_join_tracer_and_therapy_of_one_target(graph: kg.Graph) -> None:
    rows = {(row["tracer"], row["therapy"]): row for row in records(graph, "theranostic-pairs")}
    pair = rows["net:Gallium68Dotatate", "net:Lutetium177Dotatate"]
    assert (pair["target"], pair["sameVector"]) == ("net:SomatostatinReceptor2", "true")
    assert (pair["tracerRadionuclide"], pair["therapyRadionuclide"]) == ("net:Gallium68", "net:Lutetium177")


def test_netter_1_gives_the_published_hazard_ratio_of_progression(graph: kg.Graph) -> None:
    (row,) = [row for row in records(graph, "trial-results", trial="NETTER-1") if row["item"] == "net:evidence/NETTER-1-primary-pfs"]
    assert (row["measure_label"], row["effect"], row["low"], row["high"], row["level"]) == ("hazard ratio (effect measure)", "0.21", "0.13", "0.33", "95")
    assert str(row["endpoint_label"]).startswith("progression-free survival")
    assert row["source"] == "net:document/pmid-28076709"


def test_everolimus_was_approved_by_the_fda_on_5_may_2011(graph: kg.Graph) -> None:
    rows = records(graph, "approvals-by-jurisdiction", therapy="everolimus")
    first = [row for row in rows if row["date"] == "2011-05-05"]
    assert first
    assert all("FDA" in str(row["authority"]) and "pancrea" in str(row["condition"]) for row in first)
    assert values(rows, "therapy") == {"net:Everolimus"}


def test_the_jurisdiction_narrows_the_approvals(graph: kg.Graph, terms: Terms) -> None:
    everything = records(graph, "approvals-by-jurisdiction")
    for code, iri in terms.choices("Jurisdiction").items():
        expected = [row["statement"] for row in everything if row["jurisdiction"] == "net:" + iri.removeprefix(NET)]
        assert [row["statement"] for row in graph.query("approvals-by-jurisdiction", jurisdiction=code).records()] == expected


def test_digestive_grades_are_not_offered_for_the_lung(graph: kg.Graph) -> None:
    ileum = {row["rule"]: row for row in records(graph, "how-to-grade", site="ileum")}
    lung = {row["rule"]: row for row in records(graph, "how-to-grade", site="lung")}
    second = ileum["net:grading/who2019-digestive-net-g2"]
    assert (second["ki67Low"], second["ki67LowIncluded"], second["ki67High"], second["ki67HighIncluded"]) == ("3", "true", "20", "true")
    assert {row["grade"] for row in ileum.values()} >= {"net:Grade1", "net:Grade2", "net:Grade3"}
    assert {row["grade"] for row in lung.values()} == {None}
    assert "net:grading/who2021-thoracic-typical-carcinoid" in set(lung) - set(ileum)


@pytest.mark.parametrize("name", NAMES)
def test_a_query_accepts_the_words_of_people_for_its_terms(name: str, terms: Terms) -> None:
    for param in find(FOLDER, name).params:
        if param.type.startswith("term"):
            iri = str(param.bind(param.default, terms)).strip("<>")
            assert param.bind(terms.labels[iri], terms) == ox.NamedNode(iri)
