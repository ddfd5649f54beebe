"""The whole quality control, on copies of the sources with one thing broken."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.check.rules import Finding
from kg.check.run import RELEASED, check, idle_queries, lost_terms, other_licences, unasserted_equivalences
from kg.load.populations import class_iri
from kg.model.population import parse
from kg.prefixes import NET
from kg.reason.hermit import Classification
from kg.settings import Sources
from kg.terms import Terms
from tests.small import replace_cell

HEADER = """#+ title: "T"
#+ summary: "S?"
#+ tags: [t]
#+ params: [{params}]
#+ columns: [{columns}]
#+ min-rows: {rows}
"""


@pytest.fixture
def small(small_sources: Sources, sources: Sources) -> Sources:
    """Small tables beside the real ontology and its list of released terms, without queries."""
    shutil.copy(sources.ontology.parent / RELEASED, small_sources.ontology.parent / RELEASED)
    small_sources.queries.mkdir()
    return small_sources


@pytest.fixture
def no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.check.run.profile_violations", lambda _ontology: [])


@pytest.fixture
def with_queries(graph: kg.Graph, tmp_path: Path) -> Callable[..., kg.Graph]:
    """The real graph with a query library of one file."""

    def make(body: str, *, name: str = "one", rows: int = 0, columns: str = "{name: a, help: h}", params: str = "") -> kg.Graph:
        sources = Sources(tmp_path)
        sources.queries.mkdir(exist_ok=True)
        (sources.queries / f"{name}.rq").write_text(HEADER.format(rows=rows, columns=columns, params=params) + body, encoding="utf-8")
        return kg.Graph(graph.store, sources)

    return make


def failing(sources: Sources) -> list[Finding]:
    """Check the sources, and leave remarks out."""
    return [finding for finding in check(sources) if finding.level != "INFO"]


def insert_axioms(path: Path, axioms: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</rdf:RDF>", axioms + "</rdf:RDF>"), encoding="utf-8")


@pytest.mark.usefixtures("no_reasoner", "no_profile")
def test_sound_sources_have_no_findings(small: Sources) -> None:
    assert failing(small) == []


@pytest.mark.usefixtures("no_reasoner", "no_profile")
def test_a_bad_cell_is_found_with_file_and_line_and_the_rest_is_still_checked(small: Sources) -> None:
    replace_cell(small.data / "recommendations.tsv", 2, "therapy", "Lanreotid")
    (small.queries / "Bad Name.rq").write_text("SELECT * {}", encoding="utf-8")
    found = failing(small)
    assert found[0].rule == "table"
    assert found[0].entity.endswith("recommendations.tsv:2")
    assert "lanreotide" in found[0].detail
    assert {finding.rule for finding in found} == {"table", "query"}


@pytest.mark.parametrize("damage", [b"<rdf:RDF", b""], ids=["truncated", "empty"])
@pytest.mark.usefixtures("no_reasoner", "no_profile")
def test_an_unreadable_ontology_is_one_finding(small: Sources, damage: bytes) -> None:
    small.ontology.write_bytes(damage)
    found = list(islice(check(small), 2))
    assert [finding.rule for finding in found] == ["readable"]
    assert "net.owl" in found[0].entity


def test_a_missing_ontology_is_one_finding(small: Sources) -> None:
    small.ontology.unlink()
    assert [(finding.rule, finding.level) for finding in check(small)] == [("readable", "ERROR")]


@pytest.mark.usefixtures("no_reasoner")
def test_axioms_outside_the_profile_are_found(small: Sources) -> None:
    insert_axioms(
        small.ontology,
        """<owl:Class rdf:about="https://w3id.org/net-kg/Pancreas"><rdfs:subClassOf><owl:Restriction>
        <owl:onProperty rdf:resource="https://example.org/undeclared"/><owl:someValuesFrom rdf:resource="https://w3id.org/net-kg/Pancreas"/>
        </owl:Restriction></rdfs:subClassOf></owl:Class>""",
    )
    found = [finding for finding in check(small) if finding.rule == "profile"]
    assert found
    assert any("https://example.org/undeclared" in finding.detail for finding in found)


@pytest.mark.usefixtures("no_reasoner", "no_profile")
def test_a_released_term_that_has_disappeared_is_found(small: Sources) -> None:
    with (small.ontology.parent / RELEASED).open("a", encoding="utf-8") as stream:
        stream.write(NET + "Vanished\n")
    assert [(finding.rule, finding.entity) for finding in failing(small)] == [("released-terms", NET + "Vanished")]


def test_every_released_term_is_still_there(sources: Sources, terms: Terms) -> None:
    assert list(lost_terms(sources.ontology.parent / RELEASED, terms)) == []


def test_a_deprecated_term_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / RELEASED).write_text(NET + "Old\n", encoding="utf-8")
    terms = Terms(kinds={NET + "Old": "class"}, deprecated={NET + "Old"})
    assert list(lost_terms(tmp_path / RELEASED, terms)) == []


def test_a_missing_list_of_released_terms_is_found(tmp_path: Path, terms: Terms) -> None:
    found = list(lost_terms(tmp_path / RELEASED, terms))
    assert [finding.rule for finding in found] == ["released-terms"]
    assert "No such file" in found[0].detail


def test_terms_with_the_same_meaning_are_one_finding_per_set() -> None:
    classification = Classification(True, (), (), ((NET + "A", NET + "B", NET + "C"), (NET + "D", "http://example.org/e")))
    found = list(unasserted_equivalences(classification))
    assert [finding.entity for finding in found] == ["net:A", "net:D"]
    assert "net:B, net:C" in found[0].detail


@pytest.mark.usefixtures("no_profile")
def test_a_population_that_no_one_can_belong_to_is_traced_to_its_table(small: Sources, terms: Terms, monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = "site=ileum; neoplasm=neuroendocrine tumour; grade=G1; ki67=>20"
    replace_cell(small.data / "recommendations.tsv", 3, "population", impossible)
    culprit = class_iri(parse(impossible, terms))

    def stand_in(_triples: Sequence[ox.Triple], names: Sequence[str]) -> Classification:
        return Classification(True, (culprit,) if culprit in names else ())

    monkeypatch.setattr("kg.build.classify", lambda _triples: Classification(True, ()))
    monkeypatch.setattr("kg.build.is_consistent", lambda _triples: True)
    monkeypatch.setattr("kg.build.satisfiability", stand_in)
    found = [finding for finding in check(small) if finding.rule == "reasoner"]
    assert [finding.entity for finding in found] == ["", "recommendations.tsv"]


def test_the_real_library_keeps_what_its_headers_promise(graph: kg.Graph) -> None:
    assert [str(finding) for finding in idle_queries(graph)] == []


def test_a_sound_query_is_no_finding(with_queries: Callable[..., kg.Graph]) -> None:
    assert list(idle_queries(with_queries("SELECT ?a { VALUES ?a { 1 2 } }", rows=2))) == []


@pytest.mark.parametrize(
    ("body", "options", "expected"),
    [
        ("SELECT ?a { VALUES ?a { 1 2 } }", {"rows": 3}, "2 rows, 3 expected at least"),
        ("SELECT ?b { VALUES ?b { 1 } }", {}, "columns b differ from the header"),
        ("SELECT ?a ?b { VALUES (?a ?b) { (1 2) } }", {"columns": "{name: b, help: h}, {name: a, help: h}"}, "columns a, b differ"),
        ("SELECT ?a { ?a ?b", {}, "cannot be read"),
        ("PREFIX net: <https://w3id.org/net-kg/> SELECT ?a { ?a net:targetz ?b }", {}, "net:targetz is not in the ontology"),
        ("SELECT ?a { ?a ?p ?_drug } LIMIT 1", {"params": "{name: drug, type: 'term:Drug', default: Pancreas, help: h}"}, "is not a kind of"),
        ("SELECT ?a { ?a ?p ?_drug }", {}, "differ: ['?_drug']"),
    ],
)
def test_a_query_that_breaks_its_promise_is_found(with_queries: Callable[..., kg.Graph], body: str, options: dict[str, object], expected: str) -> None:
    found = list(idle_queries(with_queries(body, **options)))
    assert [finding.rule for finding in found] == ["query"]
    assert expected in found[0].detail


def test_one_bad_query_does_not_hide_the_next(with_queries: Callable[..., kg.Graph]) -> None:
    with_queries("SELECT ?a { ?a ?b", name="first")
    found = list(idle_queries(with_queries("SELECT ?a { VALUES ?a { 1 } }", name="second", rows=9)))
    assert [finding.entity for finding in found] == ["first", "second"]


def test_findings_are_values() -> None:
    assert Finding("a", "ERROR", "b", "c") == Finding("a", "ERROR", "b", "c")


LICENCE = ox.Triple(
    ox.NamedNode("https://w3id.org/net-kg/ontology"),
    ox.NamedNode("http://purl.org/dc/terms/license"),
    ox.NamedNode("https://creativecommons.org/licenses/by/4.0/"),
)


def test_the_files_of_the_checkout_name_the_licence_of_the_header(sources: Sources) -> None:
    assert list(other_licences(sources, [LICENCE])) == []


def test_another_licence_in_a_file_is_found(small: Sources) -> None:
    (small.root / "LICENSE-DATA").write_text("Summary:  https://creativecommons.org/licenses/by-nc/4.0/\n", encoding="utf-8")
    mappings = small.data / "mappings.sssom.tsv"
    mappings.write_text("#license: https://creativecommons.org/publicdomain/zero/1.0/\n" + mappings.read_text(encoding="utf-8"), encoding="utf-8")
    assert [(finding.rule, Path(finding.entity).name, finding.detail) for finding in other_licences(small, [LICENCE])] == [
        ("licence-files", "LICENSE-DATA", "https://creativecommons.org/licenses/by-nc/4.0/ is not the licence of the header"),
        ("licence-files", "mappings.sssom.tsv", "https://creativecommons.org/publicdomain/zero/1.0/ is not the licence of the header"),
    ]


@pytest.mark.usefixtures("no_reasoner", "no_profile")
def test_missing_shapes_are_one_finding(small: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.check.run.can_check_shapes", lambda: True)
    (small.ontology.parent / "shapes.ttl").unlink()
    assert [(finding.rule, finding.level) for finding in failing(small)] == [("readable", "ERROR")]
