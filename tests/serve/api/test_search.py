"""Search: what is found, in which order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import UsageError
from kg.serve.api.search import LABELLED, LOOSE, SYNONYM, Entry, Index, Name, folded, index, suggestions
from tests.serve.api.conftest import Ask


def names(*texts: str, sort: int = LABELLED) -> Iterator[Name]:
    for text in texts:
        yield Name(Entry(text, text, "thing", "", 0), text, sort)


def found(texts: list[str], wanted: str) -> list[str]:
    return [name.text for name in Index(names(*texts)).find(wanted, 10)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¹⁷⁷Lu-DOTATATE", "177 lu dotatate"),
        ("Verner–Morrison", "verner morrison"),
        ("Phäochromozytom", "phaochromozytom"),
        ("NETTER-1", "netter 1"),
        ("  ", ""),
        ("–", ""),
        ("STRASSE straße", "strasse strasse"),
    ],
)
def test_case_accents_and_hyphens_make_no_difference(text: str, words: str) -> None:
    assert folded(text) == words


def test_an_exact_name_comes_before_a_beginning_before_a_word_before_a_part() -> None:
    texts = ["xgastrinoma", "duodenal gastrinoma", "gastrinoma of the duodenum", "gastrinoma"]
    assert found(texts, "gastrinoma") == ["gastrinoma", "gastrinoma of the duodenum", "duodenal gastrinoma", "xgastrinoma"]


def test_words_are_found_in_any_order_and_the_same_words_come_first() -> None:
    assert found(["dotatate and lutetium 177", "177Lu-dotatate", "lutetium"], "dotatate 177 lu") == ["177Lu-dotatate", "dotatate and lutetium 177"]


def test_spaces_inside_a_word_make_no_difference() -> None:
    assert found(["neuroendocrine tumour"], "neuro-endocrine tum") == ["neuroendocrine tumour"]


def test_of_equal_fits_the_better_kind_of_name_comes_first() -> None:
    loose, exact = next(names("one thing", sort=LOOSE)), next(names("one thin", sort=SYNONYM))
    assert [name.text for name in Index([loose, exact]).find("one th", 10)] == ["one thin", "one thing"]


def test_an_entry_is_found_once_by_its_best_name() -> None:
    entry = Entry("key", "label", "thing", "", 0)
    both = [Name(entry, "other label", SYNONYM), Name(entry, "label", LABELLED)]
    assert [name.text for name in Index(both).find("label", 10)] == ["label"]


def test_a_slip_of_the_keys_is_forgiven_when_little_is_found_otherwise() -> None:
    texts = ["everolimus", "lanreotide"]
    assert found(texts, "evrolimus") == ["everolimus"]
    assert found(texts, "zzzzzz") == []


def test_a_number_that_does_not_exist_finds_no_similar_one() -> None:
    assert found(["28076709"], "28076708") == []


def test_one_letter_finds_beginnings_only() -> None:
    assert found(["everolimus", "a beta", "lanreotide"], "e") == ["everolimus"]


@given(st.text(max_size=300))
def test_any_text_can_be_searched_for(text: str) -> None:
    assert all(name.text in ("everolimus", "177Lu-dotatate") for name in Index(names("everolimus", "177Lu-dotatate")).find(text, 5))


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8), st.data())
def test_what_is_indexed_is_found_by_its_own_name(texts: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts))
    hits = [folded(name.text) for name in Index(names(*texts)).find(text, 100)]
    assert (folded(text) in hits) if folded(text) else hits == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("everolimus", "Everolimus"),
        ("afinitor", "Everolimus"),
        ("EVEROLIM", "Everolimus"),
        ("Lu-177 dotatate", "Lutetium177Dotatate"),
        ("net:Everolimus", "Everolimus"),
        ("NCIT:C48387", "Everolimus"),
        ("C48387", "Everolimus"),
        ("SSTR2", "SomatostatinReceptor2"),
        ("PRRT", "PeptideReceptorRadionuclideTherapy"),
        ("netter1", "trial/NETTER-1"),
        ("NCT01578239", "trial/NETTER-1"),
        ("28076709", "document/pmid-28076709"),
        ("PMID:28076709", "document/pmid-28076709"),
        ("10.1056/NEJMoa1607427", "document/pmid-28076709"),
        ("R012", "recommendation/R012"),
        ("Where sources disagree", "where-sources-disagree"),
        ("pankreas", "Pancreas"),
    ],
)
def test_the_graph_is_searched_by_labels_synonyms_and_identifiers(query: str, name: str, ask: Ask) -> None:
    assert ask("search", q=query)["results"][0]["name"] == name


def test_a_result_says_what_it_is_and_where_it_leads(ask: Ask) -> None:
    first = ask("search", q="afinitor", limit="1")["results"]
    assert first == [
        {
            "iri": "https://w3id.org/net-kg/Everolimus",
            "curie": "net:Everolimus",
            "name": "Everolimus",
            "label": "everolimus",
            "matched": "Afinitor",
            "kind": "drug",
            "definition": first[0]["definition"],
            "href": "term/Everolimus",
        }
    ]
    assert first[0]["definition"]
    question = ask("search", q="where-sources-disagree", limit=1)["results"][0]
    assert (question["kind"], question["iri"], question["href"]) == ("question", None, "query/where-sources-disagree")


def test_results_can_be_kept_below_a_class_or_to_one_kind(graph: kg.Graph, ask: Ask) -> None:
    below = ask("search", q="pancrea", root="AnatomicalSite")["results"]
    assert below
    assert all(result["iri"] in graph.terms.descendants("https://w3id.org/net-kg/AnatomicalSite") for result in below)
    assert {result["kind"] for result in ask("search", q="everolimus", kind="trial")["results"]} == {"trial"}


@pytest.mark.parametrize("arguments", [{"limit": "0"}, {"limit": "-1"}, {"limit": "ten"}, {"limit": "٣"}, {"root": "NoSuchClass"}, {"q": 5}])
def test_what_cannot_be_is_refused(arguments: dict[str, object], ask: Ask) -> None:
    with pytest.raises(UsageError):
        ask("search", **arguments)


def test_nothing_finds_nothing_and_the_limit_holds(ask: Ask) -> None:
    assert ask("search", q="")["results"] == []
    assert len(ask("search", q="tumour", limit="3")["results"]) == 3
    assert len(ask("search", q="e", limit="999999999999999999999")["results"]) <= 100


def test_deprecated_terms_and_parts_of_populations_are_not_found(graph: kg.Graph) -> None:
    keys = {entry.key for entry in index(graph).entries}
    assert not keys & graph.terms.deprecated
    assert not any(key.removeprefix("https://w3id.org/net-kg/").startswith("presentation/") or key.count("/") > 5 for key in keys)


def test_suggestions_name_terms_not_questions(graph: kg.Graph) -> None:
    assert suggestions(graph, "everolimis")[0] == "everolimus (Everolimus)"
    assert suggestions(graph, "x") == []
