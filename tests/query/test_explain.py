"""Explaining a term or a record."""

from __future__ import annotations

import pytest

import kg
from kg.errors import UnknownTermError
from kg.prefixes import NET
from kg.query.explain import explain


@pytest.mark.parametrize("name", ["Everolimus", "everolimus", "net:Everolimus", NET + "Everolimus"])
def test_a_term_is_found_by_any_of_its_names(name: str, graph: kg.Graph) -> None:
    assert explain(graph, name).iri == NET + "Everolimus"


def test_a_synonym_leads_to_its_term(graph: kg.Graph) -> None:
    assert explain(graph, "PRRT").label == "peptide receptor radionuclide therapy"


def test_a_term_comes_with_meaning_place_relations_and_mappings(graph: kg.Graph) -> None:
    found = explain(graph, "177Lu-dotatate")
    assert found.definition.endswith(".")
    assert found.definition_sources
    assert found.relations["targets"] == ["somatostatin receptor type 2"]
    assert found.relations["has radionuclide"] == ["lutetium-177"]
    assert all(path[0] == found.label for path in found.paths)
    assert len({tuple(path) for path in found.paths}) == len(found.paths)
    assert found.mappings
    assert not found.records


def test_statements_come_with_source_and_curation_and_recommendations_first(graph: kg.Graph) -> None:
    found = explain(graph, "everolimus")
    assert list(found.statements)[:2] == ["recommendation", "regulatory decision"]
    assert all(says and source and curation in {"primary", "abstract", "secondary"} for rows in found.statements.values() for says, source, curation in rows)
    assert any("2011" in says or "ancrea" in says for says, _, _ in found.statements["regulatory decision"])


def test_a_target_shows_what_leads_to_it(graph: kg.Graph) -> None:
    found = explain(graph, "somatostatin receptor 2")
    assert "177Lu-dotatate" in found.incoming["targets"]


def test_properties_and_values_of_lists_are_explained_too(graph: kg.Graph) -> None:
    assert explain(graph, "targets").definition
    assert explain(graph, "Grade2").definition


@pytest.mark.parametrize("name", ["recommendation/R001", "net:recommendation/R001"])
def test_a_record_shows_every_cell_with_labels(name: str, graph: kg.Graph) -> None:
    found = explain(graph, name)
    assert found.iri == NET + "recommendation/R001"
    assert len(found.records) >= 10
    assert all(found.records.values())
    assert not [value for values in found.records.values() for value in values if value.startswith("net:") and "presentation" not in value]


def test_an_unknown_name_brings_suggestions_where_there_are_any(graph: kg.Graph) -> None:
    with pytest.raises(UnknownTermError, match="perhaps: ") as caught:
        explain(graph, "dotatat")
    assert "otatate" in caught.value.hint
    with pytest.raises(UnknownTermError) as without:
        explain(graph, "xqzzy")
    assert without.value.hint == ""


@pytest.mark.parametrize("name", ["recommendation/none", "recommendation/R001> ?p ?o", "a/b c", 'x/"', "x/}\n#"])
def test_an_unknown_or_malformed_record_is_unknown(name: str, graph: kg.Graph) -> None:
    with pytest.raises(UnknownTermError, match="no record is called"):
        explain(graph, name)
