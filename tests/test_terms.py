"""The index of the ontology: names lead to terms, near misses to suggestions, broken files to one error."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import OntologyError, UnknownTermError
from kg.model.feature import FeatureKind
from kg.prefixes import NET, PREFIXES
from kg.settings import Sources
from kg.terms import Terms, read_rdf

EVEROLIMUS = NET + "Everolimus"


@pytest.mark.parametrize("name", ["Everolimus", "everolimus", "EVEROLIMUS", "net:Everolimus", EVEROLIMUS])
def test_a_term_is_found_by_local_name_label_curie_and_iri(name: str, terms: Terms) -> None:
    assert terms.resolve(name) == EVEROLIMUS


@pytest.mark.parametrize(
    ("synonym", "name"), [("PRRT", "PeptideReceptorRadionuclideTherapy"), ("prrt", "PeptideReceptorRadionuclideTherapy"), ("midgut", "MidgutSite")]
)
def test_a_term_is_found_by_an_exact_synonym(synonym: str, name: str, terms: Terms) -> None:
    assert terms.resolve(synonym) == NET + name


def test_a_term_is_not_found_by_a_synonym_that_is_not_exact(terms: Terms) -> None:
    assert "Afinitor" in terms.synonyms[EVEROLIMUS]["related"]
    with pytest.raises(UnknownTermError):
        terms.resolve("Afinitor")


def test_every_class_is_found_by_its_label_and_its_local_name(terms: Terms) -> None:
    classes = list(terms.classes())
    assert len(classes) > 900
    assert [iri for iri in classes if terms.resolve(iri.removeprefix(NET)) != iri] == []
    assert [iri for iri in classes if terms.resolve(terms.labels[iri].upper()) != iri] == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("evrolimus", "everolimus"),
        ("Pancrease", "pancreas"),
        ("carcinoid syndrom", "carcinoid syndrome"),
        ("peptide receptor radionucleide therapy", "peptide receptor radionuclide therapy"),
    ],
)
def test_a_near_miss_is_answered_by_a_suggestion_that_resolves(text: str, hint: str, terms: Terms) -> None:
    with pytest.raises(UnknownTermError) as refused:
        terms.resolve(text)
    assert repr(text) in refused.value.message
    assert hint in refused.value.hint
    suggestions = re.sub(r"^did you mean |\?$", "", refused.value.hint).split(" or ")
    assert all(terms.resolve(suggestion) for suggestion in suggestions)


@pytest.mark.parametrize("text", ["", " ", "qqqqqqqq", "net:", "foo:Everolimus", ":Everolimus", "https://example.org/Everolimus", "\U0001d53e"])
def test_what_is_like_nothing_is_answered_by_how_to_search(text: str, terms: Terms) -> None:
    with pytest.raises(UnknownTermError, match="no class is called"):
        terms.resolve(text)


def test_a_term_of_another_kind_is_not_a_class(terms: Terms) -> None:
    prop = next(iri for iri, kind in terms.kinds.items() if kind == "object property" and iri.startswith(NET))
    assert terms.resolve(prop, "object property") == prop
    with pytest.raises(UnknownTermError, match="no class is called"):
        terms.resolve(prop)


@given(st.text(max_size=30))
def test_any_text_leads_to_a_class_or_to_our_error(text: str) -> None:
    small = Terms(kinds={EVEROLIMUS: "class"}, labels={EVEROLIMUS: "everolimus"})
    try:
        assert small.resolve(text) == EVEROLIMUS
    except UnknownTermError as error:
        assert error.hint  # noqa: PT017 - both outcomes are right


def test_ancestors_and_descendants_are_each_others_inverse(terms: Terms) -> None:
    classes = set(terms.classes())
    above = {(iri, other) for iri in classes for other in terms.ancestors(iri) & classes}
    below = {(other, iri) for iri in classes for other in terms.descendants(iri) & classes}
    assert above == below
    assert {(iri, iri) for iri in classes} <= above


def test_members_of_a_union_lie_below_it(terms: Terms) -> None:
    assert NET + "Ileum" in terms.descendants(NET + "MidgutSite")
    assert {NET + "MidgutSite", NET + "AnatomicalSite"} <= terms.ancestors(NET + "Ileum")
    assert NET + "Pancreas" not in terms.descendants(NET + "MidgutSite")


def test_an_unknown_class_has_only_itself_above_and_below(terms: Terms) -> None:
    assert terms.ancestors(NET + "Nothing") == terms.descendants(NET + "Nothing") == {NET + "Nothing"}


def test_a_circle_of_classes_comes_to_an_end() -> None:
    sub = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
    node = [ox.NamedNode(NET + name) for name in "ABC"]
    cls = [ox.Triple(one, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(PREFIXES["owl"] + "Class")) for one in node]
    ring = Terms.from_triples([*cls, *(ox.Triple(one, sub, other) for one, other in zip(node, [*node[1:], node[0]], strict=True))])
    assert ring.ancestors(NET + "A") == ring.descendants(NET + "A") == {NET + name for name in "ABC"}


def test_searching_finds_labels_and_synonyms_best_first(terms: Terms) -> None:
    found = terms.search("everolimus")
    assert found[0] == EVEROLIMUS
    assert NET + "PeptideReceptorRadionuclideTherapy" in terms.search("PRRT")
    assert terms.search("receptor", limit=3) == terms.search("receptor", limit=50)[:3]
    assert len(terms.search("tumour", limit=4)) == 4
    assert terms.search("qqqqqqq") == []


def test_closed_lists_map_codes_to_their_individuals(terms: Terms) -> None:
    assert set(terms.choices("Grade")) == {"G1", "G2", "G3"}
    assert set(terms.choices("ProgressionStatus")) == {"yes", "no"}
    assert terms.choices("Nothing") == {}
    everyone = [iri for codes in terms.codes.values() for iri in codes.values()]
    assert len(everyone) == len(set(everyone))
    assert {terms.kinds[iri] for iri in everyone} == {"individual"}


def test_features_are_in_order_and_have_values(terms: Terms) -> None:
    features = list(terms.features.values())
    assert [feature.order for feature in features] == list(range(1, len(features) + 1))
    assert list(terms.features) == [feature.key for feature in features]
    for feature in features:
        assert feature.label.startswith("has ")
        assert not feature.name.startswith("has ")
        if feature.kind is FeatureKind.NUMBER:
            assert feature.unit
            assert feature.low is not None
        elif feature.kind is FeatureKind.LIST:
            assert len(terms.codes[feature.range]) > 1
        else:
            assert len(terms.descendants(feature.range)) > 2


def test_the_index_read_from_the_graph_adds_only_what_was_inferred_to_that_of_the_file(graph: kg.Graph, terms: Terms) -> None:
    stored = graph.terms
    for part in ("kinds", "labels", "definitions", "synonyms", "codes", "deprecated", "_names"):
        assert getattr(stored, part) == getattr(terms, part), part
    assert all(stored.ancestors(iri) >= terms.ancestors(iri) for iri in terms.classes())
    assert list(stored.features) == list(terms.features)
    assert all(stored.features[key].range == feature.range for key, feature in terms.features.items() if feature.kind is not FeatureKind.NUMBER)


TINY = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#">
  <owl:Class rdf:about="https://w3id.org/net-kg/A"><rdfs:label>a</rdfs:label></owl:Class>
  <owl:Class rdf:about="https://w3id.org/net-kg/B"><rdfs:label>b</rdfs:label></owl:Class>
</rdf:RDF>
"""


def test_an_ontology_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.owl"
    path.write_text(TINY, encoding="utf-8")
    assert Terms.read(path).labels == {NET + "A": "a", NET + "B": "b"}


@pytest.mark.parametrize(
    "end",
    [
        *range(0, TINY.index("</rdf:RDF>"), 23),
        TINY.index("  <owl:Class"),
        TINY.index("</owl:Class>") + 12,
        TINY.index("</rdf:RDF>"),
        TINY.index("</rdf:RDF>") + 9,
    ],
)
def test_an_ontology_that_ends_early_is_refused_wherever_it_was_cut(end: int, tmp_path: Path) -> None:
    path = tmp_path / "net.owl"
    path.write_text(TINY[:end], encoding="utf-8")
    with pytest.raises(OntologyError, match="is not well formed") as refused:
        read_rdf(path)
    assert refused.value.where.startswith(str(path))
    assert refused.value.hint
    assert refused.value.exit_status == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "binary"),
        (b"<!doctype html><html><body>404</body></html>", "HTML"),
        (TINY.replace("</owl:Class>", "</owl:Klass>", 1).encode(), "mismatched tags"),
        (TINY.replace("/net-kg/A", "/net-kg/ A").encode(), "blank in an IRI"),
        (TINY.replace(">a<", ">\xe4<").encode("latin-1"), "not UTF-8"),
        (TINY.replace("xmlns:owl", "xmlns:xwl").encode(), "undeclared prefix"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_ontology_is_refused(data: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.owl"
    path.write_bytes(data)
    with pytest.raises(OntologyError, match="is not well formed"):
        read_rdf(path)
    assert name


def test_a_missing_ontology_is_named(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match="cannot be read: No such file") as refused:
        Terms.read(tmp_path / "net.owl")
    assert refused.value.where == str(tmp_path / "net.owl")
    with pytest.raises(OntologyError, match="cannot be read: Is a directory"):
        Terms.read(tmp_path)


def test_the_real_ontology_cut_in_the_middle_is_refused(sources: Sources, tmp_path: Path) -> None:
    data = sources.ontology.read_bytes()
    path = tmp_path / "net.owl"
    for share in (0.1, 0.3, 0.5, 0.7, 0.9, 0.999):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(OntologyError):
            read_rdf(path)
