"""One row explained, on small tables."""

from __future__ import annotations

import pytest

from kg.check.row import RowExplanation, explain_rows
from kg.errors import UsageError
from kg.settings import Sources
from tests.small import ROWS, line_of, replace_cell


def explained(name: str, sources: Sources) -> RowExplanation:
    (found,) = explain_rows([name], sources)
    return found


def add(sources: Sources, table: str, **cells: str) -> None:
    with (sources.data / f"{table}.tsv").open("a", encoding="utf-8") as stream:
        stream.write(line_of(table, ROWS[table][-1] | cells) + "\n")


def test_a_sound_row_says_what_it_means_becomes_and_is_cited_as(small_sources: Sources) -> None:
    found = explained("recommendations:R-1", small_sources)
    assert (found.label, found.where, found.problems) == ("recommendation R-1", f"{small_sources.data}/recommendations.tsv:2", [])
    words = dict(found.words)
    assert words["therapy"] == "lanreotide"
    assert words["direction"] == "recommended"
    assert "no carcinoid syndrome" in words["population"]
    assert "progressing disease" in words["population"]
    assert found.triples[0] == "net:recommendation/R-1"
    assert "a net:Recommendation" in found.triples
    assert 'net:issued "2023-02"^^xsd:gYearMonth' in found.triples
    assert "net:readAt <https://example.org/a>" in found.triples
    first, second = found.citations
    assert (first.document, first.text) == ("guide-2023", "A guideline. 2023")
    assert first.links == ("https://pubmed.ncbi.nlm.nih.gov/28076709", "https://doi.org/10.1056/NEJMoa1607427")
    assert second.replaced_by == ("guide-2023",)
    assert found.read_at == ("https://example.org/a", "https://example.org/b")
    assert found.curation == "read in the primary source"


def test_rows_that_refer_to_it_are_listed(small_sources: Sources) -> None:
    assert explained("trials:T-1", small_sources).used_by == {"comparisons": ["C-1"], "approvals": ["A-1"]}
    document = explained("documents:guide-2023", small_sources)
    assert document.used_by["documents"] == ["guide-2017"]
    assert document.citations[0].document == "guide-2023"
    assert document.setting is None


def test_wider_narrower_and_equal_populations_are_found_as_owl_means_them(small_sources: Sources) -> None:
    add(small_sources, "recommendations", id="R-3", population="site=midgut; sstr=positive; grade=G2 | G1")
    add(small_sources, "recommendations", id="R-4", population="site=ileum; grade=G1; sstr=positive; progression=yes")
    found = explained("trials:T-1", small_sources).setting
    assert found
    assert found.same == ("recommendations:R-3",)
    assert {name for neighbour in found.wider for name in neighbour.rows} == {"trials:T-2", "comparisons:C-2", "recommendations:R-2"}
    assert [neighbour.rows for neighbour in found.narrower] == [("recommendations:R-4",)]
    everybody = explained("trials:T-2", small_sources).setting
    assert everybody
    assert everybody.wider == ()
    assert "recommendations:R-4" in {name for neighbour in everybody.narrower for name in neighbour.rows}


def test_a_population_that_nobody_can_be_in_is_told(small_sources: Sources) -> None:
    add(small_sources, "recommendations", id="R-3", population="site=ileum; neoplasm=neuroendocrine tumour; grade=G1; ki67=>30")
    found = explained("recommendations:R-3", small_sources).setting
    assert found
    assert found.empty


def test_advice_of_another_source_against_it_is_told(small_sources: Sources) -> None:
    add(small_sources, "recommendations", id="R-3", direction="not recommended", source="paper-1", population="site=pancreas")
    add(small_sources, "recommendations", id="R-4", direction="not recommended", source="guide-2023")
    found = explained("recommendations:R-2", small_sources).setting
    assert found
    assert found.disagrees == ("R-3",)
    other = explained("recommendations:R-3", small_sources).setting
    assert other
    assert other.disagrees == ("R-2",)


def test_stored_queries_that_read_such_rows_are_named(sources: Sources) -> None:
    names = explained("recommendations:R012", sources).queries
    assert "therapies-for-inoperable-sstr-positive" in names
    assert "receptor-affinities" not in names
    assert "trial-results" in explained("evidence:NETTER-2-primary-pfs", sources).queries


def test_a_broken_row_shows_what_is_wrong_and_the_rest_in_words(small_sources: Sources) -> None:
    replace_cell(small_sources.data / "recommendations.tsv", 2, "population", "grade=G9")
    replace_cell(small_sources.data / "recommendations.tsv", 2, "direction", "yes please")
    replace_cell(small_sources.data / "recommendations.tsv", 2, "note", "naïve – ≥ 3 µg")
    found = explained("recommendations:R-1", small_sources)
    assert [(one.column, one.where) for one in found.problems] == [
        (column, f"{small_sources.data}/recommendations.tsv:2") for column in ("population", "direction")
    ]
    words = dict(found.words)
    assert words["therapy"] == "lanreotide"
    assert words["note"] == "naïve – ≥ 3 µg"
    assert "population" not in words
    assert (found.triples, found.citations) == ([], [])


def test_a_key_that_stands_twice_shows_the_first_row_and_the_problem(small_sources: Sources) -> None:
    add(small_sources, "recommendations", id="R-1")
    found = explained("recommendations:R-1", small_sources)
    assert found.where.endswith("recommendations.tsv:2")
    assert [one.where.rpartition(":")[2] for one in found.problems] == ["4"]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("recommendations:R-11", "no row of recommendations.tsv is called 'R-11'", "did you mean recommendations:R-1"),
        ("recomendations:R-1", "no table is called 'recomendations'", "did you mean recommendations:R-1?"),
        ("R-1", "no table is called 'R-1'", "TABLE:ID"),
        ("", "no table is called ''", "TABLE:ID"),
        ("trials:", "no row of trials.tsv is called ''", "see the column id of trials.tsv"),
        ("trials:ÄÖ", "no row of trials.tsv is called 'ÄÖ'", "see the column id"),
    ],
)
def test_an_unknown_row_names_near_ones(name: str, message: str, hint: str, small_sources: Sources) -> None:
    with pytest.raises(UsageError) as caught:
        explained(name, small_sources)
    assert caught.value.message == message
    assert hint in caught.value.hint


def test_a_row_may_be_named_as_the_graph_does(small_sources: Sources) -> None:
    assert explained("recommendation/R-1", small_sources).name == "recommendations:R-1"


def test_a_missing_table_is_told(small_sources: Sources) -> None:
    (small_sources.data / "trials.tsv").unlink()
    with pytest.raises(UsageError, match=r"no row of trials\.tsv"):
        explained("trials:T-1", small_sources)
